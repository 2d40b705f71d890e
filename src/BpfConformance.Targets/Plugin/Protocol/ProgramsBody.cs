using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>
/// Where in the slots of a load other programs begin, and which inputs of a run are theirs, each as the end of its body: only machines that
/// have several programs are sent it.
/// </summary>
public static class ProgramsBody
{
    public static void Write(FrameWriter writer, BpfProgram program)
    {
        writer.U32((uint)program.Others.Length);
        foreach (ProgramPart part in program.Others)
        {
            writer.U32((uint)part.Type);
            writer.U32((uint)part.Start);
            writer.Text(part.Name);
        }
    }

    public static void Write(FrameWriter writer, ReadOnlySpan<RunInput> inputs)
    {
        uint count = 0;
        foreach (RunInput input in inputs) count += input.Program == 0 ? 0u : 1u;
        writer.U32(count);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Program == 0) continue;
            writer.U32((uint)i);
            writer.U32((uint)inputs[i].Program);
        }
    }

    /// <summary>Reads what there is; a host that does not know of it sends nothing.</summary>
    /// <param name="body">After what user space does with the maps.</param>
    /// <param name="request">What was read before.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static LoadRequest Read(ref BodyReader body, LoadRequest request)
    {
        var others = ImmutableArray.CreateBuilder<ProgramPart>();
        int slots = request.Program.Instructions.Length;
        int start = 0;
        for (int left = body.IsAtEnd ? 0 : body.Count(BpfProgram.MaxPrograms - 1, "number of other programs"); left > 0; left--)
        {
            var type = (ProgramType)body.Count(int.MaxValue, "program type");
            int next = body.Count(slots, "first slot");
            if (next < start) throw body.Error($"a program that begins at slot {next}, expected {start} or more, where the one before begins");
            start = next;
            others.Add(new ProgramPart(body.Text("program name"), start, type));
        }

        BpfProgram program = request.Program with { Others = others.ToImmutable() };
        foreach (MapDefinition map in request.Maps)
        {
            foreach (MapEntry entry in map.Contents) CheckIndex(ref body, map, entry.Value.Span, program.Count);
        }

        return request with { Program = program };
    }

    /// <inheritdoc cref="Read(ref BodyReader, LoadRequest)"/>
    /// <param name="body">After the steps.</param>
    /// <param name="inputs">What was read before.</param>
    /// <param name="count">How many programs are loaded.</param>
    public static void Read(ref BodyReader body, RunInput[] inputs, int count)
    {
        for (int left = body.IsAtEnd ? 0 : body.Count(inputs.Length, "number of runs of other programs"); left > 0; left--)
        {
            int input = body.Count(inputs.Length - 1, "input of a program");
            inputs[input] = inputs[input] with { Program = body.Count(count - 1, "program of an input") };
        }
    }

    /// <summary>Of an array of programs: a value is the index of one.</summary>
    public static void CheckIndex(ref BodyReader body, MapDefinition map, ReadOnlySpan<byte> value, int count)
    {
        bool isIndex = map is { Type: MapType.ProgArray, ValueBytes: sizeof(uint) };
        if (isIndex && BitConverter.ToUInt32(value) >= count) throw body.Error($"program {BitConverter.ToUInt32(value)} in map {map.Name}, expected 0 to {count - 1}");
    }
}
