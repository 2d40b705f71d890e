using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>
/// Writes calls of helpers for the verifier to complain about: arguments as the prototype has them up to one, something else there,
/// and 8 in the registers after it. r6 holds the context, r7 an object that an argument needs, r8 any number; the bytes at fp − 64 are
/// initialized, a dynptr is at fp − 128, and r1–r5 hold nothing.
/// </summary>
internal sealed class HelperCalls(HelperMaps maps)
{
    private const int Buffer = -64;
    private const int DynptrAt = -128;

    // What contexts hold in 6.18: that of the iterator task_file its file at 24 and, at 0, its meta, which begins with the seq_file;
    // that of the tracepoint kfree_skb the skb at 0.
    private const int FileInIterator = 24;

    private static readonly ProgramType[] s_withSocket =
    [
        ProgramType.SchedCls, ProgramType.CgroupSkb, ProgramType.SockOps, ProgramType.CgroupSockopt, ProgramType.SkLookup,
        ProgramType.CgroupSockAddr,
    ];

    private static readonly ProgramType[] s_usual = [ProgramType.RawTracepoint, ProgramType.SchedCls, ProgramType.Xdp];

    /// <summary>Where the most arguments of the helper can be made, or <c>null</c> when it can be called nowhere here.</summary>
    public static AttachPoint? PointFor(HelperPrototype prototype, IEnumerable<AttachPoint> points)
    {
        ProgramType[] preferred = prototype.Arguments.Any(IsSocket) ? s_withSocket : s_usual;
        return points
            .Where(point => prototype.Types.Has(point.Type))
            .Where(point => HelperTable.MayCall(prototype.Number, point.Type, point.AttachType))
            .Where(point => (prototype.Traits & HelperTraits.MightSleep) == HelperTraits.None || point.Flags == ProgramFlags.Sleepable)
            .OrderByDescending(point => prototype.Arguments.Any(argument => IsInContext(argument, point)))
            .ThenByDescending(point => preferred.Contains(point.Type) ? preferred.Length - System.Array.IndexOf(preferred, point.Type) : 0)
            .FirstOrDefault();
    }

    /// <summary>The program, or <c>null</c> when an argument that must be right cannot be made here.</summary>
    /// <param name="prototype">What is called.</param>
    /// <param name="point">From where.</param>
    /// <param name="bad">The register, 1–5, that <paramref name="instead"/> fills; 0: none, and the result is used as an address.</param>
    /// <param name="instead">What is put there.</param>
    public Instruction[]? Write(HelperPrototype prototype, AttachPoint point, int bad, params Instruction[] instead)
    {
        List<Instruction> program = [Copy(6, 1)];
        for (int offset = -8; offset >= DynptrAt; offset -= 8) program.Add(Slot(0x7a, 10, 0, offset));
        foreach (HelperArgument argument in prototype.Arguments) program.AddRange(Needed(argument, point));
        program.AddRange([CallHelper(7), Copy(8, 0)]);
        for (int register = 1; register <= prototype.Arguments.Length; register++)
        {
            if (register == bad) program.AddRange(instead);
            else if (bad > 0 && register > bad) program.Add(Move(register, HelperMaps.ValueBytes));
            else if (Good(prototype, register, point) is { } good) program.AddRange(good);
            else return null;
        }

        program.Add(CallHelper(prototype.Number));
        if (bad == 0) program.Add(Slot(0x79, 0, 0));
        return [.. program, Move(0, 0), Exit];
    }

    private static bool IsSocket(HelperArgument argument) =>
        argument.Kind is ArgumentKind.SocketCommon or ArgumentKind.Socket or ArgumentKind.SocketObject;

    private static bool IsInContext(HelperArgument argument, AttachPoint point) => (argument.Type, point.AttachType) switch
    {
        ("sk_buff", AttachType.TraceRawTp) => point.Type == ProgramType.Tracing,
        ("seq_file" or "file", AttachType.TraceIter) => point.Type == ProgramType.Tracing,
        _ => false,
    };

    private static Instruction[] Load(int dst, int src, int offset) => [Slot(0x79, dst, src, offset)];

    private static Instruction[] ExitIfNull(int register) => [Slot(0x55, register, 0, 2), Move(0, 0), Exit];

    /// <summary>What puts the argument's object in r7, or its dynptr on the stack.</summary>
    private Instruction[] Needed(HelperArgument argument, AttachPoint point) => argument.Kind switch
    {
        ArgumentKind.SocketObject when argument.Has(ArgumentFlags.Released) =>
            [Copy(1, 6), .. StackAt(2, Buffer), Move(3, 12), Move(4, 0), Move(5, 0), CallHelper(84), .. ExitIfNull(0), Copy(7, 0)],
        ArgumentKind.SocketCommon or ArgumentKind.Socket or ArgumentKind.SocketObject => Socket(point.Type),
        ArgumentKind.KernelObject when argument.Type == "task_struct" => [CallHelper(158), Copy(7, 0)],
        ArgumentKind.KernelObject when !IsInContext(argument, point) => [],
        ArgumentKind.KernelObject when argument.Type == "file" => [.. Load(7, 6, FileInIterator), .. ExitIfNull(7)],
        ArgumentKind.KernelObject when argument.Type == "seq_file" => [.. Load(7, 6, 0), .. Load(7, 7, 0)],
        ArgumentKind.KernelObject => Load(7, 6, 0),
        ArgumentKind.RingBufferMemory =>
            [.. Wide(1, 1, maps.RingBuffer), Move(2, 8), Move(3, 0), CallHelper(131), .. ExitIfNull(0), Copy(7, 0)],
        ArgumentKind.Dynptr => [.. Wide(1, 2, maps.Memory), Move(2, 8), Move(3, 0), .. StackAt(4, DynptrAt), CallHelper(197)],
        ArgumentKind.RingBufferDynptr when argument.Has(ArgumentFlags.Released) =>
            [.. Wide(1, 1, maps.RingBuffer), Move(2, 8), Move(3, 0), .. StackAt(4, DynptrAt), CallHelper(198)],
        _ => [],
    };

    /// <summary>The socket that a context shows (include/uapi/linux/bpf.h, 6.18).</summary>
    private static Instruction[] Socket(ProgramType type) => type switch
    {
        ProgramType.SchedCls or ProgramType.CgroupSkb => [.. Load(7, 6, 168), .. ExitIfNull(7)],
        ProgramType.SockOps => [.. Load(7, 6, 184), .. ExitIfNull(7)],
        ProgramType.SkLookup => [.. Load(7, 6, 0), .. ExitIfNull(7)],
        ProgramType.CgroupSockopt => Load(7, 6, 0),
        ProgramType.CgroupSockAddr => Load(7, 6, 64),
        _ => [],
    };

    private Instruction[]? Good(HelperPrototype prototype, int register, AttachPoint point)
    {
        HelperArgument argument = prototype.Arguments[register - 1];
        return argument.Kind switch
        {
            ArgumentKind.Anything => [Move(register, 0)],
            ArgumentKind.Map => Wide(register, 1, maps.For(prototype)),
            ArgumentKind.Memory when prototype.Name == "dynptr_from_mem" => Wide(register, 2, maps.Memory),
            ArgumentKind.Memory or ArgumentKind.MapKey or ArgumentKind.MapValue => StackAt(register, Buffer),
            ArgumentKind.Size or ArgumentKind.SizeOrZero or ArgumentKind.AllocationSize => [Move(register, 8)],
            ArgumentKind.Context => [Copy(register, 6)],
            ArgumentKind.ConstantString => Wide(register, 2, maps.EmptyString),
            ArgumentKind.Dynptr or ArgumentKind.LocalDynptr or ArgumentKind.RingBufferDynptr => StackAt(register, DynptrAt),
            _ when Needed(argument, point).Length > 0 => [Copy(register, 7)],
            _ when argument.Has(ArgumentFlags.Nullable) => [Move(register, 0)],
            _ => null,
        };
    }
}
