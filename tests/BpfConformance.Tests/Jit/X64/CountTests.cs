using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>How many instructions a run took, whether it returned or ended within a block.</summary>
[TestFixture]
internal sealed unsafe class CountTests
{
    private const long Budget = 1L << 32;

    /// <summary>Programs want 64 bytes; those with fewer fault where they touch the others.</summary>
    private static readonly int[] s_dataBytes = [64, 63, 30, 20, 8, 0];

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Property(MaxTest = 150, Arbitrary = [typeof(StructuredPrograms)])]
    public void Executed_ReturnedOrFaulted_IsTheReferences(StructuredProgram program)
    {
        foreach (int bytes in s_dataBytes)
        {
            byte[] data = [.. Enumerable.Range(1, bytes).Select(value => (byte)(value * 37))];
            using var reference = new TestMachine(program.Slots);
            RunEnd end = reference.Run(data, Budget);
            for (int way = 0; way < 8; way++)
            {
                bool isChecked = (way & 4) == 0;
                if (!isChecked && end != RunEnd.Returned) continue;
                var options = new JitOptions(isChecked, IsMetered: true, ShowsRegisters: (way & 1) != 0);
                using X64Program machine = X64Program.TryLoad(
                    new BpfProgram([.. program.Slots]), [], dataBytes: 64, options, hasShifts: (way & 2) != 0, out _)!; // it is valid
                machine.Prepare(data, Budget);
                machine.RunPrepared();
                Machine* m = machine.Memory.Machine;
                Assert.That(new RunEnd(m->Status, m->Fault, m->FaultPc), Is.EqualTo(end));
                Assert.That(machine.Executed(Budget), Is.EqualTo(reference.Executed));
                Assert.That(machine.Memory.Data.ToArray(), Is.EqualTo(reference.Data));
                if (end == RunEnd.Returned) Assert.That(m->Registers[0], Is.EqualTo(reference.R0));
            }
        }
    }
}
