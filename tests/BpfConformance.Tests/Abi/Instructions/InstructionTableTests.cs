using BpfConformance.Abi.Instructions;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using PropertyAttribute = FsCheck.NUnit.PropertyAttribute;

namespace BpfConformance.Tests.Abi.Instructions;

/// <summary>The instruction table against its second transcription, and against itself.</summary>
[TestFixture]
public sealed class InstructionTableTests
{
    [Test]
    public void Table_AgainstIsaCsv_HasTheSameNames()
    {
        string[] csv = [.. IsaCsv.Read().Select(line => line.Name)];
        string[] table = [.. InstructionTable.Rows.Select(row => row.Name)];
        Assert.Multiple(() =>
        {
            Assert.That(csv.Except(table), Is.Empty, "only in isa.csv");
            Assert.That(table.Except(csv), Is.Empty, "only in the table");
            Assert.That(csv, Has.Length.EqualTo(182));
        });
    }

    [TestCaseSource(nameof(CsvNames))]
    public void Row_AgainstItsLineInIsaCsv_IsEqualInEveryField(string name)
    {
        IsaLine line = IsaCsv.Read().Single(line => line.Name == name);
        InstructionDef row = InstructionTable.Named(name);
        Assert.Multiple(() =>
        {
            string where = $"{name}, isa.csv line {line.Number}";
            Assert.That(row.Opcode, Is.EqualTo(line.OpcodeValue), $"opcode of {where}");
            Assert.That(row.Dst, Is.EqualTo(IsaCsv.Rule(line.Dst)), $"dst of {where}");
            Assert.That(row.Src, Is.EqualTo(IsaCsv.Rule(line.Src)), $"src of {where}");
            Assert.That(row.Offset, Is.EqualTo(IsaCsv.Rule(line.Offset)), $"offset of {where}");
            Assert.That(row.Immediate, Is.EqualTo(IsaCsv.Rule(line.Immediate)), $"imm of {where}");
            Assert.That(IsaCsv.GroupName(row.Group), Is.EqualTo(line.Group), $"group of {where}");
            Assert.That(IsaCsv.CpuName(row.Since), Is.EqualTo(line.Cpu), $"cpu of {where}");
            Assert.That(row.Section, Is.EqualTo(line.Section), $"section of {where}");
        });
    }

    [Test]
    public void IsaCsv_Lines_AreSortedAndUnique()
    {
        IReadOnlyList<IsaLine> lines = IsaCsv.Read();
        var keys = lines
            .Select(line => (line.OpcodeValue, Value(line.Src), Value(line.Offset), Value(line.Immediate)))
            .ToList();
        Assert.That(keys, Is.Ordered);
        Assert.That(lines.Select(line => line.Name), Is.Unique);

        static int Value(string cell) => IsaCsv.Rule(cell).Value;
    }

    /// <summary>Slots that are near a form: all bits of one, some of them others.</summary>
    [Test]
    public void Find_OfSlotsNearEveryRow_IsTheRowThatMatches()
    {
        var random = new Random(1);
        foreach (InstructionDef row in InstructionTable.Rows)
        {
            for (int n = 0; n < 200; n++)
            {
                var slot = new Instruction(
                    row.Opcode, (Register)Of(row.Dst, 16), (Register)Of(row.Src, 16), (short)Of(row.Offset, 1 << 16), Of(row.Immediate, int.MaxValue));
                Assert.That(InstructionTable.Find(slot), Is.SameAs(InstructionTable.Rows.SingleOrDefault(each => each.Matches(slot))), $"{row.Name}: {slot}");
            }
        }

        int Of(FieldRule rule, int values) => random.Next(4) > 0 ? rule.Value : random.Next(2) > 0 ? random.Next(32) & (values - 1) : random.Next(values);
    }

    [Test]
    public void Rows_Names_AreUniqueAndFoundByName()
    {
        Assert.That(InstructionTable.Rows.Select(row => row.Name), Is.Unique);
        foreach (InstructionDef row in InstructionTable.Rows) Assert.That(InstructionTable.Named(row.Name), Is.SameAs(row));
        Assert.That(() => InstructionTable.Named("add16-imm"), Throws.TypeOf<KeyNotFoundException>());
    }

    [Test]
    public void Rows_Indexes_ArePositions() =>
        Assert.That(InstructionTable.Rows.Select(row => row.Index), Is.EqualTo(Enumerable.Range(0, 182)));

    [Test]
    public void Rows_OfOneOpcode_AreToldApartByFixedFields()
    {
        // Registers are free in every row of an opcode alike, so that only src, offset and imm can tell rows apart.
        Assert.That(InstructionTable.Rows.Select(row => (row.Opcode, Src(row), row.Offset, row.Immediate)), Is.Unique);

        static int? Src(InstructionDef row) => row.Src.NamesRegister ? null : row.Src.Value;
    }

    [Test]
    public void WithOpcode_OfNoInstruction_IsEmpty()
    {
        Assert.That(InstructionTable.WithOpcode(0x00), Is.Empty);
        Assert.That(InstructionTable.WithOpcode(0xff), Is.Empty);
        Assert.That(
            InstructionTable.WithOpcode(0x18).Select(row => row.Src.Value),
            Is.EqualTo(new[] { 0, 1, 2, 3, 4, 5, 6 }));
    }

    [Property(MaxTest = 5000, Arbitrary = [typeof(InstructionArbitraries)])]
    public void Find_AnyInstruction_IsTheOneRowThatABruteForceSearchFinds(Instruction instruction)
    {
        InstructionDef[] matching = [.. InstructionTable.Rows.Where(row => Obeys(row, instruction))];
        Assert.That(matching, Has.Length.LessThanOrEqualTo(1));
        Assert.That(InstructionTable.Find(instruction), Is.SameAs(matching.SingleOrDefault()));
    }

    [Test]
    public void Find_OfGeneratedInstructions_FindsEveryRow()
    {
        // Without this, the property above could hold for nothing but garbage.
        IEnumerable<string> found = InstructionArbitraries.Instruction().Generator.Sample(20_000, 10)
            .Select(instruction => InstructionTable.Find(instruction)?.Name ?? "none")
            .Distinct();
        Assert.That(found, Has.Exactly(183).Items);
    }

    [TestCase("add32-imm", InstructionClass.Alu, OperandWidth.W32, false)]
    [TestCase("add64-reg", InstructionClass.Alu64, OperandWidth.W64, true)]
    [TestCase("jeq64-imm", InstructionClass.Jmp, OperandWidth.W64, false)]
    [TestCase("jeq32-reg", InstructionClass.Jmp32, OperandWidth.W32, true)]
    public void Row_OfArithmeticOrJump_KnowsClassWidthAndSource(
        string name, InstructionClass expectedClass, OperandWidth width, bool hasSource)
    {
        InstructionDef row = InstructionTable.Named(name);
        Assert.That((row.Class, row.Width, row.HasSourceRegister), Is.EqualTo((expectedClass, width, hasSource)));
    }

    [TestCase("ldx8", MemorySize.Byte)]
    [TestCase("stx16", MemorySize.Half)]
    [TestCase("st32", MemorySize.Word)]
    [TestCase("ldx64", MemorySize.Double)]
    [TestCase("ldxs8", MemorySize.Byte)]
    [TestCase("atomic-add64", MemorySize.Double)]
    [TestCase("atomic-cmpxchg32", MemorySize.Word)]
    [TestCase("ldabs16", MemorySize.Half)]
    [TestCase("ldind32", MemorySize.Word)]
    [TestCase("store-release8", MemorySize.Byte)]
    public void Row_OfMemory_KnowsItsSize(string name, MemorySize size) =>
        Assert.That(InstructionTable.Named(name).Size, Is.EqualTo(size));

    [Test]
    public void Rows_ThatFetch_AreThoseWhoseNamesSayItAndTheExchanges()
    {
        string[] fetching =
        [
            "atomic-add32-fetch", "atomic-or32-fetch", "atomic-and32-fetch", "atomic-xor32-fetch",
            "atomic-add64-fetch", "atomic-or64-fetch", "atomic-and64-fetch", "atomic-xor64-fetch",
            "atomic-xchg32", "atomic-cmpxchg32", "atomic-xchg64", "atomic-cmpxchg64",
        ];
        Assert.That(InstructionTable.Rows.Where(row => row.IsFetch).Select(row => row.Name), Is.EquivalentTo(fetching));
    }

    [Test]
    public void Rows_AfterTheRfc_AreThoseThatCiteTheKernel() =>
        Assert.That(
            InstructionTable.Rows.Where(row => row.IsPostRfc),
            Is.EquivalentTo(InstructionTable.Rows.Where(row => row.Section.StartsWith("linux-", StringComparison.Ordinal))));

    [Test]
    public void Rows_OfWideInstructions_LeaveNextImmToNumbersAndOffsetsIntoValues()
    {
        // Section 5.4's table: next_imm is used by sources 0, 2 and 6 alone.
        var rules = InstructionTable.Rows.Where(row => row.IsWide).Select(row => (row.Src.Value, row.NextImmediate));
        (int, FieldRule?)[] expected =
        [
            (0, FieldRule.Any), (1, FieldRule.Zero), (2, FieldRule.Any), (3, FieldRule.Zero), (4, FieldRule.Zero),
            (5, FieldRule.Zero), (6, FieldRule.Any),
        ];
        Assert.That(rules, Is.EqualTo(expected));
    }

    private static IEnumerable<string> CsvNames() => IsaCsv.Read().Select(line => line.Name);

    private static bool Obeys(InstructionDef row, Instruction i) =>
        row.Opcode == i.Opcode
        && Holds(row.Dst, i.Registers % 16)
        && Holds(row.Src, i.Registers / 16)
        && Holds(row.Offset, i.Offset)
        && Holds(row.Immediate, i.Immediate);

    private static bool Holds(FieldRule rule, int value) => rule.Kind switch
    {
        FieldRuleKind.Any => true,
        FieldRuleKind.AnyRegister => value <= 10,
        FieldRuleKind.WritableRegister => value <= 9,
        FieldRuleKind.Zero or FieldRuleKind.Exactly => value == rule.Value,
    };
}
