using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// Runs programs that have a hook by TEST_RUN, with a context and perhaps a packet, and records what comes back (net/bpf/test_run.c, 6.18;
/// what is not written there was measured).
/// </summary>
internal sealed class HookRun
{
    /// <summary>What of a longer packet lies in fragments, out of reach of a program at its driver.</summary>
    private const int MaxLinearBytes = 3520;

    private static readonly ImmutableArray<ContextField> s_ofSkBuff = Fields(
        ContextTables.SkBuff, "mark", "priority", "ingress_ifindex", "ifindex", "cb", "tstamp", "wire_len", "gso_segs", "hwtstamp");

    private static readonly ImmutableArray<ContextField> s_ofXdp = Fields(ContextTables.XdpMd, "data", "data_end", "data_meta", "rx_queue_index");

    private static readonly ImmutableArray<ContextField> s_ofOperation = Fields(ContextTables.DummyArguments, "val");

    private static readonly ContextField s_state = ContextTables.DummyArguments.Field("val");

    private static readonly ContextField s_dataEnd = ContextTables.XdpMd.Field("data_end");

    /// <summary>ctx_in: a copy of what is given, as some types write to it.</summary>
    private byte[] _context = [];

    /// <summary>Why such a program is never run, or <c>null</c>.</summary>
    public static string? WhyNot(KernelPart part) => part.Part.Type != ProgramType.Unspecified && part.Point.RunSince is null && !part.IsAttached
        ? $"programs of type {Vocabulary.ProgramTypes[part.Part.Type]} are only loaded here: there is no TEST_RUN for them, and nothing that they are attached to"
        : null;

    /// <summary>Why it is not run on an input, or <c>null</c>.</summary>
    public static string? WhyNot(KernelPart part, in RunInput input) => WhyNot(part) is { } reason ? reason
        : !part.Point.TakesPacket ? input.Data.IsEmpty ? null : $"a packet for a program of type {Vocabulary.ProgramTypes[part.Part.Type]}, which has none"
        : input.Data.Length < PacketRules.LinkHeaderBytes ? $"a packet of {input.Data.Length} bytes; TEST_RUN takes {PacketRules.LinkHeaderBytes} and more"
        : part.Part.Type == ProgramType.Xdp && input.Data.Length > MaxLinearBytes ? $"a packet of {input.Data.Length} bytes; what is beyond {MaxLinearBytes} lies in fragments"
        : null;

    /// <summary>Runs once; packet and context go to the batch where it has room for them.</summary>
    public TestRun Run(KernelPart part, FileDescriptor program, in RunInput input, ObservationBatch into, int index)
    {
        ContextLayout? layout = part.Hook?.Given?.Layout;
        Span<byte> context = ContextOf(layout, input);
        if (layout == ContextTables.DummyArguments) return RunOperation(part.Hook!.Given!.Value, program, RoomFor(layout, into, index)); // it has a layout
        if (layout == ContextTables.NfHookState) return TestRun.Of(program, input.Data.Span, [], context, repeat: 1);
        if (layout == ContextTables.DissectedFlow) return TestRun.Of(program, input.Data.Span, RoomFor(layout, into, index), context, repeat: 1);
        Span<byte> contextOut = layout is not null && !Returned(layout).IsEmpty ? RoomFor(layout, into, index) : [];
        if (!part.Point.TakesPacket) return TestRun.Of(program, [], [], context, repeat: 0);
        Span<byte> dataOut = into.Data(index).Length >= input.Data.Length ? into.Data(index) : [];
        return TestRun.Of(program, input.Data.Span, dataOut, context, repeat: 1, contextOut);
    }

    /// <summary>Records what the run left, of which the batch has the bytes.</summary>
    public void Record(KernelPart part, in TestRun run, ObservationBatch into, int index)
    {
        if (part.Hook?.Given?.Layout is not { } layout) return;
        bool seesPacket = part.Point.TakesPacket && layout != ContextTables.DissectedFlow && layout != ContextTables.NfHookState;
        if (seesPacket) RecordPacket(part.Part.Type, run.DataOutBytes, into, index);
        RecordContext(layout, into, index);
    }

    /// <summary>ctx_in has the arguments of an operation, of which the first is where the state is; TEST_RUN writes that back (net/bpf/bpf_dummy_struct_ops.c).</summary>
    private unsafe TestRun RunOperation(ContextView view, FileDescriptor program, Span<byte> room)
    {
        int bytes = 0;
        foreach (ContextField field in view.Layout.Fields) bytes += view.PermissionOf(field) != FieldPermission.None ? sizeof(ulong) : 0;
        TestRun run;
        fixed (byte* state = &_context[s_state.Offset])
        {
            BitConverter.TryWriteBytes(_context, (ulong)state); // where nothing is stated, and nobody looks afterwards
            run = TestRun.Of(program, [], [], _context.AsSpan(0, bytes), repeat: 0);
        }

        if (!room.IsEmpty) _context.CopyTo(room);
        return run;
    }

    /// <summary>Where what comes back of a context goes; empty: there is no room for it.</summary>
    private static Span<byte> RoomFor(ContextLayout layout, ObservationBatch into, int index) =>
        into.Context(index).Length >= layout.SizeBytes ? into.Context(index)[..layout.SizeBytes] : [];

    /// <summary>The link header comes back as zeroes where the program did not see it (bpf_prog_test_run_skb).</summary>
    private static void RecordPacket(ProgramType type, int bytes, ObservationBatch into, int index)
    {
        if (bytes < PacketRules.LinkHeaderBytes || bytes > into.Data(index).Length) return;
        into[index].DataLength = bytes;
        if (PacketRules.StartsBehindLinkHeader(type)) into.DataMask(index)[..PacketRules.LinkHeaderBytes].Clear();
    }

    private void RecordContext(ContextLayout layout, ObservationBatch into, int index)
    {
        if (layout == ContextTables.SyscallArguments)
        {
            if (into.Context(index).Length < _context.Length) return;
            _context.CopyTo(into.Context(index));
            into[index].ContextLength = _context.Length;
            return;
        }

        ImmutableArray<ContextField> returned = Returned(layout);
        if (returned.IsEmpty || into.Context(index).Length < layout.SizeBytes) return;
        into[index].ContextLength = layout.SizeBytes;
        Span<byte> mask = into.ContextMask(index)[..layout.SizeBytes];
        mask.Clear();
        foreach (ContextField field in returned) mask.Slice(field.Offset, field.SizeBytes).Fill(byte.MaxValue);
    }

    private Span<byte> ContextOf(ContextLayout? layout, in RunInput input)
    {
        bool isWhole = layout == ContextTables.RawArguments || layout == ContextTables.SkLookup || layout == ContextTables.XdpMd || layout == ContextTables.DummyArguments;
        int bytes = isWhole ? layout!.SizeBytes : input.Context.Length;
        if (_context.Length != bytes) _context = new byte[bytes];
        ReadOnlySpan<byte> given = input.Context.Span;
        given[..Math.Min(given.Length, bytes)].CopyTo(_context);
        _context.AsSpan(Math.Min(given.Length, bytes)).Clear();

        // Without it, and with a ctx_out, all of the packet lies in fragments.
        if (layout == ContextTables.XdpMd) BitConverter.TryWriteBytes(_context.AsSpan(s_dataEnd.Offset), input.Data.Length);
        return _context;
    }

    /// <summary>The fields that ctx_out has as the program left them; of a flow dissector data_out has its keys.</summary>
    private static ImmutableArray<ContextField> Returned(ContextLayout layout) =>
        layout == ContextTables.SkBuff ? s_ofSkBuff
        : layout == ContextTables.XdpMd ? s_ofXdp
        : layout == ContextTables.DissectedFlow ? layout.Fields
        : layout == ContextTables.DummyArguments ? s_ofOperation
        : [];

    private static ImmutableArray<ContextField> Fields(ContextLayout layout, params ReadOnlySpan<string> names)
    {
        var fields = ImmutableArray.CreateBuilder<ContextField>(names.Length);
        foreach (string name in names) fields.Add(layout.Field(name));
        return fields.MoveToImmutable();
    }
}
