using BpfConformance.Jit.X64;
using static BpfConformance.Tests.Jit.X64.EmitterOperands;
using static BpfConformance.Tests.Jit.X64.EmitterUse;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Every method of the emitter that writes a whole instruction. A table: one row each.</summary>
internal static class EmitterForms
{
    private static readonly X64Alu[] s_alu = Enum.GetValues<X64Alu>();
    private static readonly X64Alu[] s_locked = [X64Alu.Add, X64Alu.Or, X64Alu.And, X64Alu.Xor];
    private static readonly X64Unary[] s_unary = Enum.GetValues<X64Unary>();
    private static readonly X64Shift[] s_shifts = Enum.GetValues<X64Shift>();
    private static readonly X64Shift[] s_shiftsBy = [X64Shift.Shl, X64Shift.Shr, X64Shift.Sar];
    private static readonly int[] s_sizes = [1, 2, 4, 8];

    public static EmitterForm[] All { get; } = [.. Arithmetic(), .. Shifts(), .. Memory(), .. Others()];

    private static IEnumerable<EmitterForm> Arithmetic() =>
    [
        .. s_alu.Select(op => new EmitterForm($"{op} register", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.Alu(op, o.Wide, o.A, o.B); return $"{Low(op)} {o.TextA},{o.TextB}"; })),
        .. s_alu.Select(op => new EmitterForm($"{op} immediate", Wide | A | ShortImmediate, (ref Emitter c, in EmitterOperands o) => { c.Alu(op, o.Wide, o.A, o.Immediate); return $"{Low(op)} {o.TextA},{o.Immediate}"; })),
        .. s_alu.Select(op => new EmitterForm($"{op} memory, immediate", Wide | EmitterUse.Memory | ShortImmediate, (ref Emitter c, in EmitterOperands o) => { c.Alu(op, o.Wide, o.Memory, o.Immediate); return $"{Low(op)} {o.Place(o.Wide ? 8 : 4)},{o.Immediate}"; })),
        .. s_alu.Select(op => new EmitterForm($"{op} register, memory", Wide | A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Alu(op, o.Wide, o.A, o.Memory); return $"{Low(op)} {o.TextA},{o.Place(o.Wide ? 8 : 4)}"; })),
        .. s_unary.Select(op => new EmitterForm($"{op} register", Wide | A, (ref Emitter c, in EmitterOperands o) => { c.Unary(op, o.Wide, o.A); return $"{Low(op)} {o.TextA}"; })),
        .. s_unary.Select(op => new EmitterForm($"{op} memory", Wide | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Unary(op, o.Wide, o.Memory); return $"{Low(op)} {o.Place(o.Wide ? 8 : 4)}"; })),
        new("test register", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.Test(o.Wide, o.A, o.B); return $"test {o.TextA},{o.TextB}"; }),
        new("test immediate", Wide | A | Immediate, (ref Emitter c, in EmitterOperands o) => { c.Test(o.Wide, o.A, o.Immediate); return $"test {o.TextA},{o.Immediate}"; }),
        new("imul register", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.Multiply(o.Wide, o.A, o.B); return $"imul {o.TextA},{o.TextB}"; }),
        new("imul immediate", Wide | A | B | ShortImmediate, (ref Emitter c, in EmitterOperands o) => { c.Multiply(o.Wide, o.A, o.B, o.Immediate); return o.A == o.B ? $"imul {o.TextA},{o.Immediate}" : $"imul {o.TextA},{o.TextB},{o.Immediate}"; }),
        new("cdq, cqo", Wide, (ref Emitter c, in EmitterOperands o) => { c.SignExtendAccumulator(o.Wide); return o.Wide ? "cqo" : "cdq"; }),
    ];

    private static IEnumerable<EmitterForm> Shifts() =>
    [
        .. s_shifts.Select(op => new EmitterForm($"{op} count", Wide | A | Immediate, (ref Emitter c, in EmitterOperands o) => { int count = 1 + (o.Immediate & 30); c.Shift(op, o.Wide, o.A, count); return $"{Low(op)} {o.TextA},{count}"; })),
        .. s_shifts.Select(op => new EmitterForm($"{op} cl", Wide | A, (ref Emitter c, in EmitterOperands o) => { c.ShiftByCl(op, o.Wide, o.A); return $"{Low(op)} {o.TextA},cl"; })),
        .. s_shiftsBy.Select(op => new EmitterForm($"{op}x", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.ShiftBy(op, o.Wide, o.A, o.B, X64Register.Rcx); return $"{Low(op)}x {o.TextA},{o.TextB},{Name(o.Wide ? 8 : 4, X64Register.Rcx)}"; })),
        .. s_shiftsBy.Select(op => new EmitterForm($"{op}x count", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.ShiftBy(op, o.Wide, o.A, X64Register.R9, o.B); return $"{Low(op)}x {o.TextA},{Name(o.Wide ? 8 : 4, X64Register.R9)},{o.TextB}"; })),
        new("rorx", Wide | A | B | Immediate, (ref Emitter c, in EmitterOperands o) => { int count = o.Immediate & 31; c.RotateRight(o.Wide, o.A, o.B, count); return $"rorx {o.TextA},{o.TextB},{count}"; }),
        new("bswap", Wide | A, (ref Emitter c, in EmitterOperands o) => { c.ByteSwap(o.Wide, o.A); return $"bswap {o.TextA}"; }),
        new("rol 16 bits", A, (ref Emitter c, in EmitterOperands o) => { c.SwapLowBytes(o.A); return $"rol {Name(2, o.A)},8"; }),
    ];

    private static IEnumerable<EmitterForm> Memory() =>
    [
        new("lea", A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.LoadAddress(o.A, o.Memory); return $"lea {Name(8, o.A)},{o.Address}"; }),
        .. s_sizes.Select(bytes => new EmitterForm($"load {bytes}", A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Load(bytes, signed: false, o.A, o.Memory); return $"{(bytes < 4 ? "movzx" : "mov")} {Name(bytes == 8 ? 8 : 4, o.A)},{o.Place(bytes)}"; })),
        .. s_sizes.Select(bytes => new EmitterForm($"load signed {bytes}", A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Load(bytes, signed: true, o.A, o.Memory); return $"{(bytes < 4 ? "movsx" : bytes == 4 ? "movsxd" : "mov")} {Name(8, o.A)},{o.Place(bytes)}"; })),
        .. s_sizes.Select(bytes => new EmitterForm($"store {bytes}", A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Store(bytes, o.Memory, o.A); return $"mov {o.Place(bytes)},{Name(bytes, o.A)}"; })),
        .. s_sizes.Select(bytes => new EmitterForm($"store immediate {bytes}", EmitterUse.Memory | Immediate, (ref Emitter c, in EmitterOperands o) => { c.StoreImmediate(bytes, o.Memory, o.Immediate); return $"mov {o.Place(bytes)},{(bytes == 1 ? (sbyte)o.Immediate : bytes == 2 ? (short)o.Immediate : o.Immediate)}"; })),
        .. s_locked.Select(op => new EmitterForm($"lock {op}", Wide | A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Locked(op, o.Wide, o.Memory, o.A); return $"lock {Low(op)} {o.Place(o.Wide ? 8 : 4)},{o.TextA}"; })),
        new("lock xadd", Wide | A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.LockedExchangeAdd(o.Wide, o.Memory, o.A); return $"lock xadd {o.Place(o.Wide ? 8 : 4)},{o.TextA}"; }),
        new("lock cmpxchg", Wide | A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.LockedCompareExchange(o.Wide, o.Memory, o.A); return $"lock cmpxchg {o.Place(o.Wide ? 8 : 4)},{o.TextA}"; }),
        new("xchg", Wide | A | EmitterUse.Memory, (ref Emitter c, in EmitterOperands o) => { c.Exchange(o.Wide, o.Memory, o.A); return $"xchg {o.Place(o.Wide ? 8 : 4)},{o.TextA}"; }),
    ];

    private static IEnumerable<EmitterForm> Others() =>
    [
        new("move", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.Move(o.Wide, o.A, o.B); return $"mov {o.TextA},{o.TextB}"; }),
        new("move 32 bits", A | Immediate, (ref Emitter c, in EmitterOperands o) => { int value = o.Immediate == 0 ? 2 : o.Immediate; c.MoveImmediate(o.A, (uint)value); return $"mov {Name(4, o.A)},{value}"; }),
        new("move negative", A | Immediate, (ref Emitter c, in EmitterOperands o) => { int value = o.Immediate | int.MinValue; c.MoveImmediate(o.A, (ulong)value); return $"mov {Name(8, o.A)},{value}"; }),
        new("move 64 bits", A | Immediate, (ref Emitter c, in EmitterOperands o) => { long value = 0x1_0000_0000L + (uint)o.Immediate; c.MoveImmediate(o.A, (ulong)value); return $"mov {Name(8, o.A)},{value}"; }),
        new("move zero", A, (ref Emitter c, in EmitterOperands o) => { c.MoveImmediate(o.A, 0); return $"xor {Name(4, o.A)},{Name(4, o.A)}"; }),
        .. new[] { 8, 16 }.Select(bits => new EmitterForm($"zero-extend {bits}", A | B, (ref Emitter c, in EmitterOperands o) => { c.Extend(signed: false, wide: false, bits, o.A, o.B); return $"movzx {Name(4, o.A)},{Name(bits / 8, o.B)}"; })),
        .. new[] { 8, 16 }.Select(bits => new EmitterForm($"sign-extend {bits}", Wide | A | B, (ref Emitter c, in EmitterOperands o) => { c.Extend(signed: true, o.Wide, bits, o.A, o.B); return $"movsx {o.TextA},{Name(bits / 8, o.B)}"; })),
        new("zero-extend 32", A | B, (ref Emitter c, in EmitterOperands o) => { c.Extend(signed: false, wide: false, bits: 32, o.A, o.B); return $"mov {Name(4, o.A)},{Name(4, o.B)}"; }),
        new("sign-extend 32", A | B, (ref Emitter c, in EmitterOperands o) => { c.Extend(signed: true, wide: true, bits: 32, o.A, o.B); return $"movsxd {Name(8, o.A)},{Name(4, o.B)}"; }),
        new("push", A, (ref Emitter c, in EmitterOperands o) => { c.Push(o.A); return $"push {Name(8, o.A)}"; }),
        new("pop", A, (ref Emitter c, in EmitterOperands o) => { c.Pop(o.A); return $"pop {Name(8, o.A)}"; }),
        new("push immediate", Immediate, (ref Emitter c, in EmitterOperands o) => { c.Push(o.Immediate); return $"push {o.Immediate}"; }),
        new("return", EmitterUse.None, (ref Emitter c, in EmitterOperands o) => { c.Return(); return "ret"; }),
        new("return and pop", EmitterUse.None, (ref Emitter c, in EmitterOperands o) => { c.Return(bytes: 8); return "ret 8"; }),
        new("call", A, (ref Emitter c, in EmitterOperands o) => { c.Call(o.A); return $"call {Name(8, o.A)}"; }),
        new("jump", A, (ref Emitter c, in EmitterOperands o) => { c.Jump(o.A); return $"jmp {Name(8, o.A)}"; }),
    ];

#pragma warning disable CA1308 // assembly is written in lower case
    private static string Low<T>(T operation)
        where T : struct, Enum => operation.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
