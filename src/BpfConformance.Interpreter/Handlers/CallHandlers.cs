using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Handlers;

/// <summary>Calls, exit, and the packet loads that call and exit in turn.</summary>
public static unsafe class CallHandlers
{
    /// <summary>The decoder left the helper's code in the slot's target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* CallHelper<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.CallHelper(m, s->Pc, (int)s->Immediate);
        if (fault == FaultKind.None) fault = HelperCall.Invoke(m, (uint)s->Immediate, (delegate*<Machine*, FaultKind>)s->Target);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        TShadow.AfterHelper(m, (int)s->Immediate);
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* CallRegister<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        FaultKind fault = TShadow.Read(m, s->Dst);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        ulong number = m->Registers[s->Dst];
        delegate*<Machine*, FaultKind> helper = HelperSet.Find(number);
        if (helper == null) return Ending.Fault(s, m, FaultKind.UnknownHelper);

        fault = TShadow.CallHelper(m, s->Pc, (int)number);
        if (fault == FaultKind.None) fault = HelperCall.Invoke(m, number, helper);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        TShadow.AfterHelper(m, (int)number);
        return s + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* CallLocal<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow => Enter<TShadow>(s, m, s->Target, s + 1);

    /// <summary>A function begins, in a frame of its own.</summary>
    /// <param name="s">The call.</param>
    /// <param name="m">The machine.</param>
    /// <param name="function">Its first slot.</param>
    /// <param name="back">Where it returns to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Slot* Enter<TShadow>(Slot* s, Machine* m, Slot* function, Slot* back)
        where TShadow : struct, IShadow
    {
        int depth = m->Depth + 1;
        if (depth - m->BaseDepth == MachineLimits.CallFrames) return Ending.Fault(s, m, FaultKind.TooManyFrames);

        Frame* frame = m->Frames + depth;
        frame->Return = back;
        frame->BaseDepth = m->BaseDepth;
        (frame->R6, frame->R7, frame->R8, frame->R9) =
            (m->Registers[6], m->Registers[7], m->Registers[8], m->Registers[9]);
        TShadow.EnterFunction(m, frame);
        StackFrames.Enter(m, depth);
        m->Depth = depth;
        return Ending.Enter(function, m);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* Exit<TShadow>(Slot* s, Machine* m)
        where TShadow : struct, IShadow
    {
        if (m->Depth > 0) return Return<TShadow>(m);

        FaultKind fault = TShadow.Read(m, 0);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        m->Status = RunStatus.Returned;
        return (Slot*)m->Halt;
    }

    /// <summary>
    /// r0 = bytes of the packet, big endian; outside the packet the function returns 0, and in every case r1–r5 are
    /// gone (kernel net/core/filter.c, 6.18, bpf_gen_ld_abs; r6 must be the context).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Slot* LegacyPacket<TValue, TSource, TShadow>(Slot* s, Machine* m)
        where TValue : unmanaged
        where TSource : struct, ISource
        where TShadow : struct, IShadow
    {
        int src = TSource.Register(s);
        FaultKind fault = TShadow.Read(m, src);
        if (fault == FaultKind.None) fault = TShadow.Read(m, (int)Register.R6);
        if (fault != FaultKind.None) return Ending.Fault(s, m, fault);
        if (m->Registers[(int)Register.R6] != Regions.Address(Regions.Context, 0))
        {
            return Ending.Fault(s, m, FaultKind.InvalidPointer);
        }

        if (!TShadow.IsPlain(m, src)) TShadow.Diverge(m, s->Pc); // which byte, and whether there is one
        int position = unchecked((int)s->Immediate + (src < 0 ? 0 : (int)m->Registers[src]));
        byte* bytes = PacketBytes(m, position, sizeof(TValue));
        TShadow.AfterCall(m, Provenance.Scalar);
        if (bytes == null)
        {
            m->Registers[0] = 0;
            m->BudgetLeft += s->BlockLength - 1; // the rest of the block is not done
            return Exit<TShadow>(s, m);
        }

        m->Registers[0] = sizeof(TValue) switch
        {
            (int)MemorySize.Byte => *bytes,
            (int)MemorySize.Half => BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(bytes, sizeof(ushort))),
            _ => BinaryPrimitives.ReadUInt32BigEndian(new ReadOnlySpan<byte>(bytes, sizeof(uint))),
        };
        return s + 1;
    }

    private static Slot* Return<TShadow>(Machine* m)
        where TShadow : struct, IShadow
    {
        Frame* frame = m->Frames + m->Depth;
        (m->Registers[6], m->Registers[7], m->Registers[8], m->Registers[9]) =
            (frame->R6, frame->R7, frame->R8, frame->R9);
        TShadow.LeaveFunction(m, frame);
        StackFrames.Leave(m, m->Depth);
        m->Depth--;
        m->BaseDepth = frame->BaseDepth;
        return Ending.Enter((Slot*)frame->Return, m);
    }

    /// <summary>Negative positions count from the network header or the link layer's (uapi linux/filter.h, SKF_NET_OFF, SKF_LL_OFF).</summary>
    private static byte* PacketBytes(Machine* m, int position, int size)
    {
        const int NetworkOffset = -0x100000;
        const int LinkOffset = -0x200000;
        long start = position switch
        {
            >= 0 => position,
            >= NetworkOffset => (long)position - NetworkOffset + m->Packet.NetworkHeader,
            >= LinkOffset => (long)position - LinkOffset - m->HiddenBytes,
            _ => long.MinValue,
        };
        Region* packet = m->Regions + Regions.Data;
        bool isThere = start >= -(long)m->HiddenBytes && m->PacketMetaBytes + start + size <= packet->Length;
        return isThere ? packet->Base + m->PacketMetaBytes + start : null;
    }
}
