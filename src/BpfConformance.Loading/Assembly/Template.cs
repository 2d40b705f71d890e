using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// One spelling of an instruction, such as <c>if $dst == $imm goto $target</c>: what the disassembler prints and what
/// the assembler matches, so neither can drift from the other.
/// </summary>
internal sealed class Template
{
    private readonly string _text;

    public Template(string text)
    {
        _text = text;
        Tokens = [.. Lexer.Tokenize(text).SkipLast(1)];
        Slots = [.. Tokens.Select(token => Slot.Named(token.Text)).OfType<Slot>()];
    }

    /// <summary>Literals and slots in the order of the text.</summary>
    public ImmutableArray<Token> Tokens { get; }

    /// <summary>The slots in the order of the text.</summary>
    public ImmutableArray<Slot> Slots { get; }

    /// <summary>Writes an instruction down; <paramref name="next"/> is the second slot of a wide one.</summary>
    public string Format(in Instruction instruction, in Instruction next)
    {
        var result = new StringBuilder();
        int written = 0;
        foreach (Token token in Tokens)
        {
            if (Slot.Named(token.Text) is not { } slot) continue;
            int start = token.Column - 1;
            result.Append(_text, written, start - written).Append(slot.Format(Value(slot.Field, instruction, next)));
            written = start + token.Text.Length;
        }

        return result.Append(_text, written, _text.Length - written).ToString();
    }

    public override string ToString() => _text;

    private static long Value(SlotField field, in Instruction instruction, in Instruction next) => field switch
    {
        SlotField.Dst => instruction.Dst,
        SlotField.Src => instruction.Src,
        SlotField.Offset => instruction.Offset,
        SlotField.Immediate => instruction.Immediate,
        SlotField.NextImmediate => next.Immediate,
        SlotField.Immediate64 => ((long)next.Immediate << 32) | (uint)instruction.Immediate,
        SlotField.Zero => 0,
        SlotField.Raw => RawWord.Of(instruction),
    };
}
