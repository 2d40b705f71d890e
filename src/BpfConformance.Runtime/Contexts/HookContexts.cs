using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>What the programs of a machine are given by their hooks.</summary>
public sealed unsafe class HookContexts
{
    private readonly ProgramHook?[] _hooks;
    private readonly (AttachType AttachType, bool SeesFunctionResult, int LeastBytes)[] _loads;
    private readonly ContextTable*[] _tables;

    internal HookContexts(BpfProgram program)
    {
        (_hooks, _loads, _tables) = (new ProgramHook?[program.Count], new (AttachType, bool, int)[program.Count], new ContextTable*[program.Count]);
        for (int index = 0; index < program.Count; index++)
        {
            _hooks[index] = program.HookOf(index);
            if (_hooks[index]?.Context is not { } view) continue;
            ProgramPart part = program[index];
            _loads[index] = (part.NamedAttachType, part.SeesFunctionResult, part.LeastContextBytes); // looked up once, and not in each run
            _tables[index] = ContextTable.Of(view);
            MaxContextBytes = Math.Max(MaxContextBytes, view.Layout.SizeBytes);
        }
    }

    /// <summary>The program types that have a hook.</summary>
    public static ImmutableArray<ProgramType> Types { get; } =
        [.. Enum.GetValues<ProgramType>().Where(type => ProgramTypeTable.Rows.Any(row => row.Type == type))];

    /// <summary>Of a socket as programs see it.</summary>
    internal static int SocketBytes => ContextTables.Sock.SizeBytes;

    /// <summary>The most bytes that a context of one of the programs has.</summary>
    internal int MaxContextBytes { get; }

    /// <summary>The first program of a hook that this machine does not have, or that is to sleep where none may; or <c>null</c>.</summary>
    public static ValidationError? Check(BpfProgram program)
    {
        for (int index = 0; index < program.Count; index++)
        {
            ProgramPart part = program[index];
            if (program.HookOf(index) is not { } hook)
            {
                return new(ReasonClass.NotImplemented, part.Start, $"programs of type {part.Type} are not run: there is no hook for the attach type {part.AttachType}");
            }

            if (!hook.CanSleep && program.Sleeps(index)) return MayNotSleep(part);
        }

        return null;
    }

    /// <summary>How much of a packet's start lies before what one of the programs sees.</summary>
    internal int HiddenBytesOf(int program, int dataBytes) => _hooks[program] is { } hook && PacketRules.StartsBehindLinkHeader(hook.Type)
        ? Math.Min(PacketRules.LinkHeaderBytes, dataBytes)
        : 0;

    /// <summary>Makes the context of a program that is about to run; its packet is in place.</summary>
    /// <param name="m">The machine.</param>
    /// <param name="program">Which of the programs, by its index.</param>
    /// <param name="data">The whole packet.</param>
    /// <param name="given">What is given of the context: <see cref="ProgramHook.Given"/>.</param>
    internal void Begin(Machine* m, int program, ReadOnlySpan<byte> data, ReadOnlySpan<byte> given)
    {
        Region* packet = m->Regions + Regions.Data;
        Region* context = m->Regions + Regions.Context;
        packet->IsWritable = 1;
        context->CloseFields();
        m->Regions[Regions.Socket].CloseFields();
        m->Regions[Regions.Socket].Length = 0;
        if (_hooks[program] is not { Context.Layout: { } layout } hook) return;

        (AttachType attachType, m->HasFunctionResult, int least) = _loads[program];
        context->OpenFields(_tables[program], layout.BytesOf(given.Length, least));
        InitialContext.Fill(m, hook, attachType, data, given[..Math.Min(given.Length, hook.Given!.Value.Layout.SizeBytes)]); // it has a context
        if (!PacketRules.CanBeWritten(hook.Type)) (packet->IsWritable, m->OpenDataBytes) = (0, 0);
    }

    /// <summary>The run of a program is over: its caller is shown what the kernel makes of what it left.</summary>
    public static void End(Machine* m)
    {
        if (m->Type == ProgramType.FlowDissector) FlowKeysContext.Close(m);
        else if (m->Type == ProgramType.StructOps) DummyStateContext.Close(m);
    }

    /// <summary>Where that is (<see cref="ProgramHook.Given"/>).</summary>
    internal static Region* Shown(Machine* m) =>
        m->Regions + (m->Type == ProgramType.FlowDissector ? Regions.FlowKeys : m->Type == ProgramType.Netfilter ? Regions.HookState : Regions.Context);

    private static ValidationError MayNotSleep(ProgramPart part)
    {
        string kind = ProgramBinder.KindOf(part, other => ProgramTypeTable.Find(part.Type, other) is { CanSleep: true });
        return new(ReasonClass.Other, part.Start, $"programs of {kind} may not sleep");
    }
}
