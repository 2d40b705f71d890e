using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>The registers at a probe: <c>struct pt_regs</c> of x86-64.</summary>
[StructLayout(LayoutKind.Explicit, Size = 168)]
public struct PtRegs : IContext
{
    [FieldOffset(0)] public ulong R15;
    [FieldOffset(8)] public ulong R14;
    [FieldOffset(16)] public ulong R13;
    [FieldOffset(24)] public ulong R12;
    [FieldOffset(32)] public ulong Bp;
    [FieldOffset(40)] public ulong Bx;
    [FieldOffset(48)] public ulong R11;
    [FieldOffset(56)] public ulong R10;
    [FieldOffset(64)] public ulong R9;
    [FieldOffset(72)] public ulong R8;
    [FieldOffset(80)] public ulong Ax;
    [FieldOffset(88)] public ulong Cx;
    [FieldOffset(96)] public ulong Dx;
    [FieldOffset(104)] public ulong Si;
    [FieldOffset(112)] public ulong Di;
    [FieldOffset(120)] public ulong OrigAx;
    [FieldOffset(128)] public ulong Ip;
    [FieldOffset(136)] public ulong Csx;
    [FieldOffset(144)] public ulong Flags;
    [FieldOffset(152)] public ulong Sp;
    [FieldOffset(160)] public ulong Ssx;

    public static ContextLayout Layout => ContextTables.Registers;
}
