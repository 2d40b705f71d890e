using BpfConformance.Runtime.Maps;
using static BpfConformance.Jit.X64.X64Register;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Emits the lookup in one hash table: a routine that gets the address of the key in rsi, as r2 is there, and returns that of the value,
/// or 0, in rax. It does what <see cref="HashTable.Find"/> does, and keeps what holds none of r0–r5, but for r11.
/// </summary>
internal readonly ref struct HashRoutine
{
    /// <summary>Longer keys are left to the helper: all that is done with a key stands here as often as it is long.</summary>
    public const int LongestKey = 64;

    private const int WordBytes = sizeof(uint);

    private const X64Register Key = Rsi;

    // The names of include/linux/jhash.h (6.18), of which the last is the hash.
    private const X64Register A = Rdi;
    private const X64Register B = Rdx;
    private const X64Register C = Rax;
    private const X64Register Scratch = X64Registers.Scratch;

    // After the hash was computed.
    private const X64Register Element = Rcx;
    private const X64Register Entries = Rdi;
    private const X64Register Other = Rdx;
    private const X64Register OtherKey = R8;

    private readonly ref Emitter _code;
    private readonly CodeLayout _layout;

    private HashRoutine(ref Emitter code, CodeLayout layout)
    {
        _code = ref code;
        _layout = layout;
    }

    public static void Emit(ref Emitter code, CodeLayout layout, in DirectLookup lookup)
    {
        HashTable table = lookup.Table!.Value; // an array needs no routine
        var routine = new HashRoutine(ref code, layout);
        routine.Hash(table.KeyBytes);
        routine.Find(table, lookup);
    }

    /// <summary>As <see cref="JenkinsHash.Of"/> does it.</summary>
    private void Hash(int keyBytes)
    {
        uint initial = unchecked(JenkinsHash.Initial + (uint)keyBytes);
        foreach (X64Register part in (ReadOnlySpan<X64Register>)[A, B, C]) _code.MoveImmediate(part, initial);
        int at = 0;
        for (; keyBytes - at > 3 * WordBytes; at += 3 * WordBytes)
        {
            _code.Reserve();
            AddParts(at, 3 * WordBytes);
            Mix();
        }

        _code.Reserve();
        AddParts(at, keyBytes - at);
        Finish();
    }

    private void AddParts(int at, int bytes)
    {
        AddPart(A, at, bytes);
        AddPart(B, at + WordBytes, bytes - WordBytes);
        AddPart(C, at + (2 * WordBytes), bytes - (2 * WordBytes));
    }

    /// <summary>Adds up to four bytes, as many as there are.</summary>
    private void AddPart(X64Register part, int at, int bytes)
    {
        if (bytes >= WordBytes)
        {
            _code.Alu(X64Alu.Add, wide: false, part, new X64Memory(Key, at));
            return;
        }

        int low = bytes & sizeof(ushort);
        if (low > 0 && bytes > 0)
        {
            _code.Load(low, signed: false, Scratch, new X64Memory(Key, at));
            _code.Alu(X64Alu.Add, wide: false, part, Scratch);
        }

        if (bytes is not (1 or 3)) return;
        _code.Load(1, signed: false, Scratch, new X64Memory(Key, at + low));
        if (low > 0) _code.Shift(X64Shift.Shl, wide: false, Scratch, 8 * low);
        _code.Alu(X64Alu.Add, wide: false, part, Scratch);
    }

    /// <summary>__jhash_mix.</summary>
    private void Mix()
    {
        Mix(A, C, 4, B);
        Mix(B, A, 6, C);
        Mix(C, B, 8, A);
        Mix(A, C, 16, B);
        Mix(B, A, 19, C);
        Mix(C, B, 4, A);
    }

    /// <summary>x −= y; x ^= y rotated to the left; y += z.</summary>
    private void Mix(X64Register x, X64Register y, int rotation, X64Register z)
    {
        _code.Alu(X64Alu.Sub, wide: false, x, y);
        Rotate(y, rotation);
        _code.Alu(X64Alu.Xor, wide: false, x, Scratch);
        _code.Alu(X64Alu.Add, wide: false, y, z);
    }

    /// <summary>__jhash_final.</summary>
    private void Finish()
    {
        Finish(C, B, 14);
        Finish(A, C, 11);
        Finish(B, A, 25);
        Finish(C, B, 16);
        Finish(A, C, 4);
        Finish(B, A, 14);
        Finish(C, B, 24);
    }

    /// <summary>x ^= y; x −= y rotated to the left.</summary>
    private void Finish(X64Register x, X64Register y, int rotation)
    {
        _code.Alu(X64Alu.Xor, wide: false, x, y);
        Rotate(y, rotation);
        _code.Alu(X64Alu.Sub, wide: false, x, Scratch);
    }

    private void Rotate(X64Register from, int rotation)
    {
        _code.Move(wide: false, Scratch, from);
        _code.Shift(X64Shift.Rol, wide: false, Scratch, rotation);
    }

    /// <summary>Follows the bucket.</summary>
    private void Find(in HashTable table, in DirectLookup lookup)
    {
        (int look, int next, int none) = (_layout.NewLabel(), _layout.NewLabel(), _layout.NewLabel());
        _code.Reserve();
        _code.Move(wide: false, Element, C);
        _code.Alu(X64Alu.And, wide: false, Element, (int)table.BucketMask);
        _code.MoveImmediate(Scratch, (ulong)table.Buckets);
        _code.Load(sizeof(int), signed: false, Element, new X64Memory(Scratch, 0, Element) { IndexShift = 2 });
        _code.MoveImmediate(Entries, (ulong)table.Entries);
        _code.Test(wide: false, Element, Element);
        _layout.JumpIf(ref _code, X64Condition.Sign, none);

        _layout.Put(look, _code);
        _code.Alu(X64Alu.Cmp, wide: false, C, new X64Memory(Entries, 0, Element) { IndexShift = HashTable.EntryShift });
        _layout.JumpIf(ref _code, X64Condition.NotEqual, next);
        _code.Multiply(wide: true, Other, Element, table.KeyBytes);
        _code.MoveImmediate(OtherKey, (ulong)table.Keys);
        _code.Alu(X64Alu.Add, wide: true, OtherKey, Other);
        _code.Reserve();
        CompareKeys(table.KeyBytes, next);
        _code.Reserve();
        _code.Move(wide: false, Rax, Element);
        _code.MoveImmediate(Scratch, lookup.FirstValue);
        if (lookup.ValueShift > 0) _code.Shift(X64Shift.Shl, wide: true, Rax, lookup.ValueShift);
        _code.Alu(X64Alu.Add, wide: true, Rax, Scratch);
        _code.Return();

        _layout.Put(next, _code);
        _code.Load(sizeof(int), signed: false, Element, new X64Memory(Entries, HashTable.NextOffset, Element) { IndexShift = HashTable.EntryShift });
        _code.Test(wide: false, Element, Element);
        _layout.JumpIf(ref _code, X64Condition.NotSign, look);
        _layout.Put(none, _code);
        _code.MoveImmediate(Rax, 0);
        _code.Return();
    }

    /// <summary>By the largest pieces; what is left over at the end is compared with bytes before it that are known to be equal.</summary>
    private void CompareKeys(int bytes, int differ)
    {
        int piece = bytes >= sizeof(ulong) ? sizeof(ulong) : bytes >= WordBytes ? WordBytes : bytes >= sizeof(ushort) ? sizeof(ushort) : 1;
        int at = 0;
        for (; at + piece <= bytes; at += piece) Compare(piece, at, differ);
        if (at < bytes) Compare(piece, bytes - piece, differ);
    }

    private void Compare(int bytes, int at, int differ)
    {
        _code.Load(bytes, signed: false, Scratch, new X64Memory(Key, at));
        if (bytes >= WordBytes)
        {
            _code.Alu(X64Alu.Cmp, wide: bytes > WordBytes, Scratch, new X64Memory(OtherKey, at));
        }
        else
        {
            _code.Load(bytes, signed: false, Other, new X64Memory(OtherKey, at));
            _code.Alu(X64Alu.Cmp, wide: false, Scratch, Other);
        }

        _layout.JumpIf(ref _code, X64Condition.NotEqual, differ);
    }
}
