using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>A row of the instruction table in one of its spellings.</summary>
/// <param name="Row">The row; <c>null</c> for <c>.raw</c>, which is any slot at all.</param>
/// <param name="Template">The spelling.</param>
internal sealed record Form(InstructionDef? Row, Template Template)
{
    private static readonly ILookup<byte, Form> s_kernel = Printed(KernelSpelling.Of);
    private static readonly ILookup<byte, Form> s_legacy = Printed(LegacySpelling.Of);

    /// <summary>The spelling of a slot that is no instruction.</summary>
    public static Form Raw { get; } = new(null, new Template(".raw $raw"));

    /// <summary>Every spelling of every row, in both syntaxes.</summary>
    public static ImmutableArray<Form> All { get; } =
    [
        Raw,
        .. InstructionTable.Rows.SelectMany(row =>
            KernelSpelling.Of(row).Concat(LegacySpelling.Of(row)).Select(text => new Form(row, new Template(text)))),
    ];

    /// <summary>
    /// The form that prints an instruction: its row's first spelling, or <see cref="Raw"/> when no row describes it.
    /// </summary>
    /// <param name="program">All slots.</param>
    /// <param name="pc">The instruction's first slot.</param>
    /// <param name="syntax">The syntax to print in.</param>
    public static Form Printing(ReadOnlySpan<Instruction> program, int pc, Syntax syntax)
    {
        foreach (Form form in (syntax == Syntax.Kernel ? s_kernel : s_legacy)[program[pc].Opcode])
        {
            if (Describes(form.Row!, program, pc)) return form; // only Raw has no row
        }

        return Raw;
    }

    /// <summary>
    /// Whether the row's text can say it. Any register that exists will do: a write to r10 reads well, although no
    /// machine may accept it.
    /// </summary>
    private static bool Describes(InstructionDef row, ReadOnlySpan<Instruction> program, int pc)
    {
        Instruction i = program[pc];
        bool isDescribed = Spells(row.Dst, i.Dst) && Spells(row.Src, i.Src)
            && row.Offset.Allows(i.Offset) && row.Immediate.Allows(i.Immediate);
        if (!isDescribed || row.NextImmediate is not { } next) return isDescribed;
        return pc + 1 < program.Length
            && program[pc + 1] is { Opcode: 0, Registers: 0, Offset: 0 } second
            && next.Allows(second.Immediate);
    }

    private static bool Spells(FieldRule rule, int value) => (rule.NamesRegister ? FieldRule.AnyRegister : rule).Allows(value);

    /// <summary>The first spelling of each row, by opcode.</summary>
    private static ILookup<byte, Form> Printed(Func<InstructionDef, string[]> spelling) =>
        InstructionTable.Rows.ToLookup(row => row.Opcode, row => new Form(row, new Template(spelling(row)[0])));
}
