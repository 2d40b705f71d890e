using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What programs do to a message that a socket sends (net/core/filter.c, 6.18): r1 is the context.</summary>
internal static unsafe class MessageHelpers
{
    /// <summary>r2 is for how many bytes the verdict is.</summary>
    public static FaultKind ApplyBytes(Machine* m)
    {
        if (!IsMessage(m)) return FaultKind.InvalidPointer;
        m->Message.ApplyBytes = (uint)m->Registers[2];
        return Packet.Done(m, 0);
    }

    /// <summary>r2 is how many bytes are to be there before the program decides.</summary>
    public static FaultKind CorkBytes(Machine* m)
    {
        if (!IsMessage(m)) return FaultKind.InvalidPointer;
        m->Message.CorkBytes = (uint)m->Registers[2];
        return Packet.Done(m, 0);
    }

    /// <summary>Shows the bytes from r2 on, up to r3, in one piece; r4 is 0. Parts that they are spread over become one.</summary>
    public static FaultKind PullData(Machine* m)
    {
        if (!IsMessage(m)) return FaultKind.InvalidPointer;
        (uint start, uint end) = ((uint)m->Registers[2], (uint)m->Registers[3]);
        uint length = m->Message.Length;
        if (m->Registers[4] != 0 || end <= start || end > length) return Packet.Done(m, Packet.InvalidArgument);
        int part = m->Message.PartAt(start, out uint partStart);
        while (partStart + m->Message.Parts[part] < end)
        {
            m->Message.Parts[part] += m->Message.Parts[part + 1];
            m->Message.Remove(part + 1);
        }

        Show(m, start, end - start);
        return Packet.Done(m, 0);
    }

    /// <summary>Puts r3 bytes in at r2, of which nobody knows what they are; r4 is 0.</summary>
    public static FaultKind PushData(Machine* m)
    {
        if (!IsMessage(m)) return FaultKind.InvalidPointer;
        (uint start, uint bytes) = ((uint)m->Registers[2], (uint)m->Registers[3]);
        uint length = m->Message.Length;
        if (m->Registers[4] != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (bytes == 0) return Packet.Done(m, 0);
        if (start > length) return Packet.Done(m, Packet.InvalidArgument);
        if (!HasRoom(m, bytes)) return Packet.Done(m, Packet.NoMemory);
        int part = m->Message.PartAt(start, out uint partStart);
        At(m, start).MoveTo(At(m, start + bytes), length - start);
        GuestBytes pushed = At(m, start);
        pushed.Clear((int)bytes);
        if (pushed.Shadow != null) new Span<byte>(pushed.Shadow, (int)bytes).Fill(ByteShadow.Volatile);
        m->Message.Insert(Split(m, part, start - partStart), bytes);
        m->Packet.TailRoom -= bytes;
        ShowFirst(m);
        return Packet.Done(m, 0);
    }

    /// <summary>Takes r3 bytes out from r2 on; r4 is 0.</summary>
    public static FaultKind PopData(Machine* m)
    {
        if (!IsMessage(m)) return FaultKind.InvalidPointer;
        (uint start, uint bytes) = ((uint)m->Registers[2], (uint)m->Registers[3]);
        uint length = m->Message.Length;
        if (m->Registers[4] != 0) return Packet.Done(m, Packet.InvalidArgument);
        if (bytes == 0) return Packet.Done(m, 0);
        if (start >= length || (ulong)start + bytes > length) return Packet.Done(m, Packet.InvalidArgument);
        if (!HasRoom(m, 0)) return Packet.Done(m, Packet.NoMemory);
        int part = m->Message.PartAt(start, out uint partStart);
        part = Split(m, part, start - partStart);
        At(m, start + bytes).MoveTo(At(m, start), length - start - bytes);
        for (uint left = bytes; left > 0;)
        {
            uint taken = Math.Min(left, m->Message.Parts[part]);
            m->Message.Parts[part] -= taken;
            left -= taken;
            if (m->Message.Parts[part] == 0) m->Message.Remove(part);
        }

        ShowFirst(m);
        return Packet.Done(m, 0);
    }

    private static bool IsMessage(Machine* m) => Packet.IsContext(m, ContextTables.SkMsg);

    /// <summary>Where the kernel has no part left, it makes one of several; that, and where there is no room here, is not followed.</summary>
    private static bool HasRoom(Machine* m, uint bytes)
    {
        if (m->Message.PartCount + 2 < MessageState.MaxParts && bytes <= m->Packet.TailRoom) return true;
        Packet.LeaveOpen(m);
        return false;
    }

    /// <summary>Lets a part begin so many bytes behind the beginning of another; which that is.</summary>
    private static int Split(Machine* m, int part, uint bytes)
    {
        if (bytes == 0) return part;
        uint rest = m->Message.Parts[part] - bytes;
        m->Message.Parts[part] = bytes;
        if (rest > 0) m->Message.Insert(part + 1, rest);
        return part + 1;
    }

    private static void ShowFirst(Machine* m) => Show(m, 0, m->Message.PartCount == 0 ? 0 : m->Message.Parts[0]);

    private static void Show(Machine* m, uint start, uint bytes)
    {
        Packet.MoveWindow(m, (long)start - m->Message.WindowStart, bytes);
        m->Message.WindowStart = start;
        SkMsgContext.Follow(m);
    }

    private static GuestBytes At(Machine* m, uint offset) => Packet.At(m, (long)offset - m->Message.WindowStart);
}
