using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// What lines mean, for programs that have many in common. Only lines that mean the same in each program with the same
/// labels are kept: no call, whose name may be a label's in one program and a helper's in another.
/// </summary>
public sealed class StatementCache
{
    private const int MaxLines = 100_000;

    private readonly Dictionary<string, KnownLine> _known = new(StringComparer.Ordinal);

    internal KnownLine? Find(string text) => _known.GetValueOrDefault(text);

    internal void Add(string text, KnownLine line)
    {
        if (line.Encoded.Any(instruction => instruction.Opcode == Opcodes.Call)) return;
        if (_known.Count == MaxLines) _known.Clear();
        _known[text] = line;
    }
}

/// <summary>A line that was read.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Encoded">What it means; distances to labels are missing.</param>
/// <param name="References">The labels that it names, with the slots that they stand in.</param>
internal sealed record KnownLine(List<Token> Tokens, ImmutableArray<Instruction> Encoded, ImmutableArray<(Slot Slot, Capture Capture)> References)
{
    public bool IsExit { get; } = Assembler.IsExit(Tokens);

    public static KnownLine Of(List<Token> tokens, Statement statement) => new(
        tokens,
        [.. Encoder.Encode(statement)],
        [.. statement.Form.Template.Slots.Zip(statement.Captures).Where(pair => pair.Second.Label is not null)]);

    /// <summary>Whether it means the same in a program with these labels.</summary>
    public bool HoldsWith(HashSet<string> labels)
    {
        foreach ((_, Capture capture) in References)
        {
            if (!labels.Contains(capture.Label!)) return false; // only captures with labels are kept
        }

        return true;
    }
}
