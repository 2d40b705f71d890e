using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Holds names, offsets, sizes and numbers of the tables against the BTF of this kernel, which its compiler wrote.</summary>
[TestFixture]
internal sealed class ContextBtfTests
{
    // The halves of unions of which a table names the other one, or which are a part of it.
    private static readonly string[] s_unnamed = ["cs", "fred_cs", "ss", "fred_ss"];

    private static IEnumerable<TestCaseData> Layouts() =>
        ProgramTypeTable.Rows
            .Where(row => row.Context is not null)
            .SelectMany(row => (ContextLayout[])[row.Context!.Value.Layout, row.Given!.Value.Layout])
            .Where(layout => HasName(layout.Name) && layout.Name != ContextTables.RawArguments.Name)
            .Distinct()
            .Select(layout => new TestCaseData(layout) { TestName = $"{{m}}({layout.Name})" });

    [TestCaseSource(nameof(Layouts))]
    public void Layout_FieldsAndSize_AreThoseOfTheKernelsStructure(ContextLayout layout)
    {
        var btf = KernelBtf.OrIgnore();
        StructureMember[] expected = [.. btf.Members(layout.Name).Where(member => !s_unnamed.Contains(member.Name))];
        StructureMember[] actual =
        [
            .. layout.Fields.Where(field => HasName(field.Name)).Select(field => new StructureMember(field.Name, field.Offset, field.SizeBytes)),
        ];

        Assert.That(actual, Is.EquivalentTo(expected));
        Assert.That(btf.SizeOf(layout.Name), Is.EqualTo(layout.SizeBytes));
    }

    [Test]
    public void AttachType_Names_AreThoseOfTheKernelsNumbers()
    {
        string[] expected =
        [
            .. KernelBtf.OrIgnore().Enumerators("bpf_attach_type").Where(row => row.Name[0] != '_').OrderBy(row => row.Value)
                .Select(row => row.Name["BPF_".Length..].Replace("_", string.Empty, StringComparison.Ordinal)),
        ];

        Assert.That(Enum.GetNames<AttachType>().Select(name => name.ToUpperInvariant()), Is.EqualTo(expected));
    }

    [TestCase("xdp_action")]
    [TestCase("sk_action")]
    [TestCase("bpf_ret_code")]
    [TestCase("tcx_action_base")]
    public void ReturnValue_NamesOfAnEnumeration_HaveItsNumbers(string enumeration)
    {
        var expected = KernelBtf.OrIgnore().Enumerators(enumeration).ToDictionary(row => row.Name, row => row.Value);
        ReturnValue[] named =
        [
            .. ProgramTypeTable.Rows.SelectMany(row => row.Return.Values).Where(value => expected.ContainsKey(value.Name)).Distinct(),
        ];

        Assert.That(named, Is.Not.Empty);
        Assert.That(named.Where(value => expected[value.Name] != value.Value), Is.Empty);
    }

    private static bool HasName(string name) => name[0] != '(';
}
