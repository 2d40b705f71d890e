using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// What lines mean, for programs that have many in common. Only lines that mean the same in each program are kept: none
/// with a label, and no call, whose name may be a label's in one program and a helper's in another.
/// </summary>
public sealed class StatementCache
{
    private readonly Dictionary<string, ImmutableArray<Instruction>> _known = new(StringComparer.Ordinal);

    internal ImmutableArray<Instruction>? Find(string text) =>
        _known.TryGetValue(text, out ImmutableArray<Instruction> known) ? known : null;

    internal void Add(string text, Statement statement, ImmutableArray<Instruction> encoded)
    {
        bool isFree = statement.Captures.All(capture => capture.Label is null)
            && encoded.All(instruction => instruction.Opcode != Opcodes.Call);
        if (isFree) _known[text] = encoded;
    }
}
