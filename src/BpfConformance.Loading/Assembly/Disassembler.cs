using System.Text;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// Writes slots down so that <see cref="Assembler"/> reads the same bytes back, whatever the slots. See
/// <see cref="KernelSpelling"/> and <see cref="LegacySpelling"/> for the text.
/// </summary>
public static class Disassembler
{
    /// <summary>
    /// One instruction, a wide one at its first slot. What no row of the instruction table describes is
    /// <c>.raw</c> and the slot's bytes as a little-endian number.
    /// </summary>
    public static string Format(ReadOnlySpan<Instruction> program, int pc, Syntax syntax = Syntax.Kernel) =>
        Format(program, pc, Form.Printing(program, pc, syntax));

    /// <summary>The whole program, a line an instruction.</summary>
    public static string Listing(ReadOnlySpan<Instruction> program, Syntax syntax = Syntax.Kernel)
    {
        var text = new StringBuilder();
        int pc = 0;
        while (pc < program.Length)
        {
            var form = Form.Printing(program, pc, syntax);
            text.Append(Format(program, pc, form)).Append('\n');
            pc += form.Row is { IsWide: true } ? 2 : 1;
        }

        return text.ToString();
    }

    private static string Format(ReadOnlySpan<Instruction> program, int pc, Form form) =>
        form.Template.Format(program[pc], form.Row is { IsWide: true } ? program[pc + 1] : default);
}
