using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>Collects slots and labels, and in the end puts the distances between them into the jumps.</summary>
internal sealed class ProgramBuilder
{
    private readonly ImmutableArray<Instruction>.Builder _instructions = ImmutableArray.CreateBuilder<Instruction>();
    private readonly ImmutableArray<int>.Builder _lines = ImmutableArray.CreateBuilder<int>();
    private readonly Dictionary<string, (int Pc, SourceLine Line)> _labels = new(StringComparer.Ordinal);
    private readonly List<(int Pc, SourceLine Line, Slot Slot, Capture Capture)> _references = [];

    /// <summary>Adds a line that begins with a label and a colon.</summary>
    public void Define(List<Token> tokens, SourceLine line)
    {
        Token name = tokens[0];
        if (tokens[2].Kind != TokenKind.End)
        {
            string found = SourceLine.Quote(tokens[2].Text);
            throw line.Error(tokens[2].Column, $"found {found} after a label, expected it on a line of its own");
        }

        if (_labels.TryGetValue(name.Text, out var first))
        {
            throw line.Error(name.Column, $"label {SourceLine.Quote(name.Text)} is defined on line {first.Line.Number} already");
        }

        _labels.Add(name.Text, (_instructions.Count, line));
    }

    /// <summary>Names the next instruction, unless the name is taken.</summary>
    public void DefineFirst(string label, SourceLine line) => _labels.TryAdd(label, (_instructions.Count, line));

    /// <summary>Adds what a line means; distances to labels are still missing.</summary>
    public void Add(KnownLine known, SourceLine line)
    {
        foreach ((Slot slot, Capture capture) in known.References) _references.Add((_instructions.Count, line, slot, capture));
        foreach (Instruction instruction in known.Encoded)
        {
            _instructions.Add(instruction);
            _lines.Add(line.Number);
        }
    }

    public AssembledProgram Build()
    {
        foreach ((int pc, SourceLine line, Slot slot, Capture capture) in _references)
        {
            // All targets count from the following slot, also those of wide instructions (RFC 9669 sections 4.3 and 5.4).
            int distance = _labels[capture.Label!].Pc - (pc + 1);
            long value = Encoder.Check(line, slot, capture with { Value = distance });
            _instructions[pc] = slot.Field == SlotField.Offset
                ? _instructions[pc] with { Offset = (short)value }
                : _instructions[pc] with { Immediate = (int)value };
        }

        return new AssembledProgram(_instructions.DrainToImmutable(), _lines.DrainToImmutable());
    }
}
