using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>
/// What a sanitised run knows of what a read that may fail will leave. Every machine reads alike what the program has, and fails alike where
/// no machine has anything; of the rest of its memory each has its own. What nobody wrote is then a number that differs between machines.
/// </summary>
internal static unsafe class ProbeShadow
{
    /// <summary>Before the helper runs: puts down what will be known of the room, and returns whether the result is known.</summary>
    /// <param name="m">The machine before the call, its arguments checked.</param>
    /// <param name="side">Which memory is read.</param>
    /// <param name="isString">Whether it stops behind a zero.</param>
    public static bool Write(Machine* m, ProbeHelpers.Side side, bool isString)
    {
        int size = (int)m->Registers[2]; // the room has been checked
        ulong address = m->Registers[3];
        if (size == 0 && isString) return true;

        Span<byte> room = Room(m, size);
        if (side != ProbeHelpers.Side.User && IsOwn(m, address)) return isString ? Copy(m, address, room) : Copy(m, address, size);
        bool isKernel = Provenance.IsPointer(m->Provenance[3]) && ProbeHelpers.IsOfProgram(m, address);
        bool isKnown = (side == ProbeHelpers.Side.User && isKernel) || (m->Provenance[3] == Provenance.Scalar && ProbeHelpers.IsNowhere(address));
        room.Fill(isKnown ? ByteShadow.Scalar : ByteShadow.Volatile);
        return isKnown;
    }

    private static bool Copy(Machine* m, ulong address, int size)
    {
        if (size == 0) return true;
        Span<byte> room = Room(m, size);
        Region* source = GuestMemory.Find(m, address, size);
        if (source == null)
        {
            room.Fill(ByteShadow.Volatile);
            return false;
        }

        fixed (byte* first = room) ProbeHelpers.CopyForward(source->Shadow + (uint)address, first, size);
        Settle(room);
        return true;
    }

    /// <summary>Behind the zero the room stays as it was.</summary>
    private static bool Copy(Machine* m, ulong address, Span<byte> room)
    {
        int count = ProbeHelpers.StringBytes(m, address, room.Length);
        Region* source = count == 0 ? null : GuestMemory.Find(m, address, count);
        ReadOnlySpan<byte> known = source == null ? default : new(source->Shadow + (uint)address, count);
        bool isKnown = !known.IsEmpty && !known.ContainsAnyExcept(ByteShadow.Scalar) && !known.Overlaps(room);
        if (isKnown) room[..count].Fill(ByteShadow.Scalar);
        else room.Fill(ByteShadow.Volatile); // nor is its length known
        Settle(room);
        return isKnown;
    }

    /// <summary>What nobody wrote may be read now, and parts of pointers are numbers.</summary>
    private static void Settle(Span<byte> room)
    {
        foreach (ref byte shadow in room)
        {
            if (shadow is ByteShadow.Uninitialized or ByteShadow.Pointer) shadow = ByteShadow.Volatile;
        }
    }

    private static Span<byte> Room(Machine* m, int size) =>
        size == 0 ? default : new(GuestMemory.Find(m, m->Registers[1], size)->Shadow + (uint)m->Registers[1], size);

    /// <summary>Whether it is an address of the program's own, and has not left what it is of.</summary>
    private static bool IsOwn(Machine* m, ulong address)
    {
        bool isSure = (m->Provenance[3] & Provenance.VolatileOffset) == 0; // so that the check of an access has nothing to tell of its place
        return isSure && FullShadow.Access(m, pc: 0, register: 3, address) == FaultKind.None && GuestMemory.Find(m, address, 1) != null;
    }
}
