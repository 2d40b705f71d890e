using System.Runtime.CompilerServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// Reads that may fail (kernel/trace/bpf_trace.c and mm/maccess.c, 6.18): r1 and r2 are room, r3 is any number at all. What the program has
/// is memory of the kernel, and all that there is: anywhere else a read fails, and the room is filled with zeros.
/// </summary>
public static unsafe class ProbeHelpers
{
    /// <summary>TASK_SIZE_MAX of x86-64 with four levels of page tables, and the page above it.</summary>
    private const ulong UserEnd = 0x7fff_ffff_f000;
    private const ulong KernelFloor = UserEnd + 0x1000;

    /// <summary>Where addresses of the kernel begin; below they are not canonical.</summary>
    private const ulong KernelStart = 0xffff_8000_0000_0000;

    /// <summary>The page of vsyscalls.</summary>
    private const ulong Vsyscall = 0xffff_ffff_ff60_0000;

    private const ulong PageMask = ~0xffful;

    /// <summary>Below it lies no memory of any process (vm.mmap_min_addr).</summary>
    public const ulong LowestUser = 0x1_0000;

    /// <summary>Above it lies nothing (Documentation/arch/x86/x86_64/mm.rst, 6.18).</summary>
    private const ulong TopHole = 0xffff_ffff_ffe0_0000;

    /// <summary>Which memory is meant.</summary>
    public enum Side
    {
        /// <summary>The kernel's or the process's, as the address says.</summary>
        Either,
        Kernel,
        User,
    }

    internal static FaultKind Read(Machine* m) => Copy(m, Side.Either);

    internal static FaultKind ReadKernel(Machine* m) => Copy(m, Side.Kernel);

    internal static FaultKind ReadUser(Machine* m) => Copy(m, Side.User);

    internal static FaultKind ReadString(Machine* m) => CopyString(m, Side.Either);

    internal static FaultKind ReadKernelString(Machine* m) => CopyString(m, Side.Kernel);

    internal static FaultKind ReadUserString(Machine* m) => CopyString(m, Side.User);

    /// <summary>Whether a helper is one of these; then which memory it reads, and whether up to a zero.</summary>
    /// <param name="helper">Its number.</param>
    /// <param name="side">Which memory.</param>
    /// <param name="isString">Whether it stops behind a zero.</param>
    public static bool Has(int helper, out Side side, out bool isString)
    {
        (side, isString) = (helper is 4 or 45 ? Side.Either : helper is 112 or 114 ? Side.User : Side.Kernel, helper is 45 or 114 or 115);
        return helper is 4 or 45 or (>= 112 and <= 115);
    }

    /// <summary>What a read returns of an address at which the program has nothing.</summary>
    public static Errno ErrorOf(ulong address, Side side) => side == Side.Kernel && !IsAllowed(address)
        || (side == Side.Either && address >= UserEnd && !IsAllowed(address)) ? Errno.ERANGE : Errno.EFAULT;

    /// <summary>Whether no machine has anything at a number; what is in the page of vsyscalls is not read.</summary>
    public static bool IsNowhere(ulong address) =>
        address < LowestUser || address >= TopHole || (address & PageMask) == Vsyscall || address >> 48 is not (0 or 0xffff);

    /// <summary>Whether an address is of what the program has, be it plain memory or not, or lies behind it: in the kernel's memory, on every machine.</summary>
    public static bool IsOfProgram(Machine* m, ulong address)
    {
        Region* region = GuestMemory.RegionOf(m, address);
        bool isObject = (uint)address == 0 && address >= Regions.Address(Regions.Maps, 0) && address < Regions.Address(Regions.Functions + (int)m->SlotCount, 0);
        return isObject || (region != null && region != m->Regions + Regions.None);
    }

    /// <summary>
    /// How many bytes of a string, with its zero, are read from what the program has, at most as many as asked for; 0: it leads out of there.
    /// </summary>
    public static int StringBytes(Machine* m, ulong address, int most)
    {
        for (int i = 0; i < most; i++)
        {
            byte* next = GuestMemory.Readable(m, address + (uint)i, 1);
            if (next == null) return 0;
            if (*next == 0) return i + 1;
        }

        return most;
    }

    /// <summary>From front to back, the largest pieces first: what that means to bytes that overlap, the kernel lets programs see.</summary>
    public static void CopyForward(byte* source, byte* target, int count)
    {
        for (; count >= sizeof(ulong); count -= sizeof(ulong), source += sizeof(ulong), target += sizeof(ulong)) Move<ulong>(source, target);
        for (; count >= sizeof(uint); count -= sizeof(uint), source += sizeof(uint), target += sizeof(uint)) Move<uint>(source, target);
        for (; count >= sizeof(ushort); count -= sizeof(ushort), source += sizeof(ushort), target += sizeof(ushort)) Move<ushort>(source, target);
        if (count > 0) *target = *source;
    }

    private static void Move<T>(byte* source, byte* target)
        where T : unmanaged => Unsafe.WriteUnaligned(target, Unsafe.ReadUnaligned<T>(source));

    /// <summary>Nothing can be read of an address here: on another machine it may. A run that is sanitised knows of each byte whose own it is, and goes on.</summary>
    internal static void LeaveOpen(Machine* m, ulong address, Side side)
    {
        bool isTracked = m->RegionShift == 32;
        if (!isTracked && !FailsEverywhere(m, address, side)) Packet.LeaveOpen(m);
    }

    private static FaultKind Copy(Machine* m, Side side)
    {
        (ulong address, ulong size) = (m->Registers[3], m->Registers[2]);
        byte* room = GuestMemory.Writable(m, m->Registers[1], size);
        if (room == null) return FaultKind.OutOfBoundsStore;

        byte* source = side == Side.User ? null : GuestMemory.Readable(m, address, size);
        if (source == null) return Fail(m, room, side, ErrorOfCopy(m, address, size, side));
        CopyForward(source, room, (int)size);
        m->Registers[0] = 0;
        return FaultKind.None;
    }

    private static FaultKind CopyString(Machine* m, Side side)
    {
        (ulong address, ulong size) = (m->Registers[3], m->Registers[2]);
        byte* room = GuestMemory.Writable(m, m->Registers[1], size);
        if (room == null) return FaultKind.OutOfBoundsStore;
        m->Registers[0] = 0;
        if (size == 0) return FaultKind.None;

        int count = 0;
        byte last = 1;
        while (side != Side.User && last != 0 && count < (int)size)
        {
            byte* next = GuestMemory.Readable(m, address + (uint)count, 1);
            if (next == null) break;
            room[count++] = last = *next;
        }

        if (last != 0 && count < (int)size) return Fail(m, room, side, ErrorOf(address, side));
        room[count - 1] = 0;
        m->Registers[0] = (ulong)count;
        return FaultKind.None;
    }

    /// <summary>Nothing is read wherever addresses of its side are, and what the program has is no memory of the process.</summary>
    private static Errno ErrorOfCopy(Machine* m, ulong address, ulong size, Side side)
    {
        Errno error = ErrorOf(address, side);
        bool isOfSide = side != Side.User || (address < UserEnd && !IsOfProgram(m, address));
        return size == 0 && error == Errno.EFAULT && isOfSide ? Errno.None : error;
    }

    private static FaultKind Fail(Machine* m, byte* room, Side side, Errno error)
    {
        LeaveOpen(m, m->Registers[3], side);
        new Span<byte>(room, (int)m->Registers[2]).Clear();
        m->Registers[0] = unchecked((ulong)-(long)error);
        return FaultKind.None;
    }

    /// <summary>Whether no machine reads there what it has of its own, as behind the address of a context, of a socket or of a map.</summary>
    private static bool FailsEverywhere(Machine* m, ulong address, Side side)
    {
        bool isOfProgram = IsOfProgram(m, address);
        return side == Side.User ? isOfProgram || IsNowhere(address) : !isOfProgram && IsNowhere(address);
    }

    /// <summary>arch/x86/mm/maccess.c, 6.18, copy_from_kernel_nofault_allowed.</summary>
    private static bool IsAllowed(ulong address) =>
        address >= KernelFloor && (address & PageMask) != Vsyscall && address >= KernelStart;
}
