using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Holds names, offsets, sizes and numbers of the tables against the BTF of this kernel, which its compiler wrote.</summary>
[TestFixture]
internal sealed class ContextBtfTests
{
    // The halves of unions of which a table names the other one, or which are a part of it.
    private static readonly string[] s_unnamed = ["cs", "fred_cs", "ss", "fred_ss"];

    private static readonly Lazy<KernelBtf> s_btf = new(() => new KernelBtf());

    private static IEnumerable<TestCaseData> Layouts() =>
        ProgramTypeTable.Rows
            .Where(row => row.Context is not null)
            .Select(row => row.Context!.Value.Layout)
            .Where(layout => HasName(layout.Name) && layout.Name != ContextTables.RawArguments.Name)
            .Distinct()
            .Select(layout => new TestCaseData(layout) { TestName = $"{{m}}({layout.Name})" });

    [SetUp]
    public void NeedsBtf()
    {
        if (!File.Exists(KernelBtf.Path)) Assert.Ignore($"{KernelBtf.Path} is missing: this kernel is built without BTF");
    }

    [TestCaseSource(nameof(Layouts))]
    public void Layout_FieldsAndSize_AreThoseOfTheKernelsStructure(ContextLayout layout)
    {
        BtfMember[] expected = [.. s_btf.Value.Members(layout.Name).Where(member => !s_unnamed.Contains(member.Name))];
        BtfMember[] actual =
        [
            .. layout.Fields.Where(field => HasName(field.Name)).Select(field => new BtfMember(field.Name, field.Offset, field.SizeBytes)),
        ];

        Assert.That(actual, Is.EquivalentTo(expected));
        Assert.That(s_btf.Value.SizeOf(layout.Name), Is.EqualTo(layout.SizeBytes));
    }

    [Test]
    public void AttachType_Names_AreThoseOfTheKernelsNumbers()
    {
        string[] expected =
        [
            .. s_btf.Value.Enumerators("bpf_attach_type").Where(row => row.Name[0] != '_').OrderBy(row => row.Value)
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
        var expected = s_btf.Value.Enumerators(enumeration).ToDictionary(row => row.Name, row => (long)row.Value);
        ReturnValue[] named =
        [
            .. ProgramTypeTable.Rows.SelectMany(row => row.Return.Values).Where(value => expected.ContainsKey(value.Name)).Distinct(),
        ];

        Assert.That(named, Is.Not.Empty);
        Assert.That(named.Where(value => expected[value.Name] != value.Value), Is.Empty);
    }

    private static bool HasName(string name) => name[0] != '(';
}
