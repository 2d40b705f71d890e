using System.Buffers.Binary;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Reduction;

/// <summary>Leaves out a program beside the main one, with the runs of it and what leads to it in arrays of programs.</summary>
public sealed class ProgramPass : IReductionPass
{
    public string Name => "programs";

    public IEnumerable<TestCase> Candidates(TestCase current)
    {
        // Steps that attach programs name them by number.
        bool isNamed = current.HasNetwork || current.Maps.Any(map => map.CanNamePrograms && !map.Contents.IsEmpty);
        for (int index = current.Program.Count - 1; index > 0 && !isNamed; index--) yield return Without(current, index);
    }

    private static TestCase Without(TestCase test, int index)
    {
        BpfProgram program = test.Program;
        (int start, int count) = program.SlotsOf(index).GetOffsetAndLength(program.Instructions.Length);
        BpfProgram smaller = program with
        {
            Instructions = program.Instructions.RemoveRange(start, count),
            Others = [.. program.Others.RemoveAt(index - 1).Select((other, place) => place < index - 1 ? other : other with { Start = other.Start - count })],
        };
        return (test with
        {
            Maps = [.. test.Maps.Select(map => map.Type == MapType.ProgArray ? map with { Contents = [.. map.Contents.Select(entry => Renumbered(entry, index)).OfType<MapEntry>()] } : map)],
            Inputs = [.. test.Inputs.Where(input => input.Step is not null || input.Program != index).Select(input => input.Program > index ? input with { Program = input.Program - 1 } : input)],
        }).With(smaller);
    }

    /// <summary><c>null</c>: it led to the one that is left out.</summary>
    private static MapEntry? Renumbered(MapEntry entry, int without)
    {
        uint number = BinaryPrimitives.ReadUInt32LittleEndian(entry.Value.Span);
        if (number == without) return null;
        if (number < without) return entry;
        var value = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(value, number - 1);
        return entry with { Value = value };
    }
}
