using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>
/// What the loads of programs say beside their slots, and what runs are given of their contexts, each as the end of its body: only machines that
/// have contexts are sent it.
/// </summary>
public static class ContextsBody
{
    private const byte WantedBit = 1;

    public static void Write(FrameWriter writer, BpfProgram program)
    {
        writer.U32((uint)program.Flags);
        writer.Text(program.License);
        writer.U32((uint)program.Count);
        for (int index = 0; index < program.Count; index++) writer.U32((uint)program[index].AttachType);
    }

    public static void Write(FrameWriter writer, ReadOnlySpan<RunInput> inputs, bool wantsContexts)
    {
        writer.U8(wantsContexts ? WantedBit : (byte)0);
        uint count = 0;
        foreach (RunInput input in inputs) count += input.Context.IsEmpty ? 0u : 1u;
        writer.U32(count);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Context.IsEmpty) continue;
            writer.U32((uint)i);
            writer.U32((uint)inputs[i].Context.Length);
            writer.Bytes(inputs[i].Context.Span);
        }
    }

    /// <summary>Reads what there is; a host that does not know of it sends nothing.</summary>
    /// <param name="body">After the programs.</param>
    /// <param name="program">What was read before.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static BpfProgram Read(ref BodyReader body, BpfProgram program)
    {
        if (body.IsAtEnd) return program;
        var flags = (ProgramFlags)body.U32("flags of the program");
        string license = body.Text("license");
        if (license.Length > Licenses.MaxLength) throw body.Error($"a license of {license.Length} characters, expected at most {Licenses.MaxLength}");
        uint count = body.U32("number of attach types");
        if (count != program.Count) throw body.Error($"{count} attach types, expected {program.Count}, one for each program");

        AttachType first = ReadAttachType(ref body);
        var others = ImmutableArray.CreateBuilder<ProgramPart>(program.Others.Length);
        foreach (ProgramPart part in program.Others) others.Add(part with { AttachType = ReadAttachType(ref body) });
        return program with { Flags = flags, License = license, AttachType = first, Others = others.MoveToImmutable() };
    }

    /// <inheritdoc cref="Read(ref BodyReader, BpfProgram)"/>
    /// <param name="body">After the runs of other programs.</param>
    /// <param name="inputs">What was read before.</param>
    /// <param name="program">What is loaded.</param>
    /// <returns>Whether contexts are wanted afterwards.</returns>
    public static bool Read(ref BodyReader body, RunInput[] inputs, BpfProgram program)
    {
        if (body.IsAtEnd) return false;
        bool wantsContexts = (body.U8("contexts") & WantedBit) != 0;
        for (int left = body.Count(inputs.Length, "number of contexts"); left > 0; left--)
        {
            int input = body.Count(inputs.Length - 1, "input of a context");
            int most = program.HookOf(inputs[input].Program)?.Given?.Layout.SizeBytes ?? 0;
            inputs[input] = inputs[input] with { Context = body.Bytes(body.Count(most, "bytes of a context"), "a context").ToArray() };
        }

        return wantsContexts;
    }

    private static AttachType ReadAttachType(ref BodyReader body) => (AttachType)body.Count(int.MaxValue, "attach type");
}
