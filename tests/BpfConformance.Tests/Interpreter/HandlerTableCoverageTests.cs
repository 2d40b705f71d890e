using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

internal sealed class HandlerTableCoverageTests
{
    /// <summary>What the reference has nothing to give for: variables and functions of a kernel, arenas.</summary>
    private static readonly string[] s_without = ["call-btf", "lddw-var", "addr-space-cast-kern", "addr-space-cast-user"];

    [Test]
    public void EveryRow_ButThoseThatNeedAKernel_HasAHandlerInBothTables()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Without(HandlerTable.Checked), Is.EquivalentTo(s_without));
            Assert.That(Without(HandlerTable.Sanitized), Is.EquivalentTo(s_without));
        });
    }

    private static IEnumerable<string> Without(HandlerTable table) =>
        InstructionTable.Rows.Where(row => table.MeaningOf(row) is null).Select(row => row.Name);
}
