using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>Atomics (RFC 9669 section 5.3), each one interlocked operation of the processor.</summary>
internal sealed class AtomicWriter(MethodWriter w, BoundsWriter? bounds)
{
    private static readonly Operations s_word = new(typeof(int));
    private static readonly Operations s_double = new(typeof(long));

    private static readonly MethodInfo s_compareExchangeWord =
        MethodWriter.Method(typeof(AtomicWriter), nameof(CompareExchangeWord));

    public void Write(AtomicOperation operation, bool fetch, MemorySize size, Register address, short offset, Register src)
    {
        var access = new Access(size, address, offset, IsStore: true);
        bounds?.Prove(access);
        bounds?.ProveAligned(access);

        w.PushAddress(address, offset);
        w.Il.Emit(OpCodes.Conv_U);
        if (operation == AtomicOperation.Cmpxchg) CompareExchange(size, src);
        else Change(operation, fetch, size, src);
    }

    private void CompareExchange(MemorySize size, Register src)
    {
        w.Push(src);
        w.Push(Register.R0);
        w.Il.Emit(OpCodes.Call, size == MemorySize.Double ? s_double.Of(AtomicOperation.Cmpxchg, fetch: true) : s_compareExchangeWord);
        w.Pop(Register.R0);
    }

    private void Change(AtomicOperation operation, bool fetch, MemorySize size, Register src)
    {
        bool isWide = size == MemorySize.Double;
        OperandWidth width = isWide ? OperandWidth.W64 : OperandWidth.W32;
        w.Push(src, width);
        w.Il.Emit(OpCodes.Call, (isWide ? s_double : s_word).Of(operation, fetch));
        if (!fetch)
        {
            w.Il.Emit(OpCodes.Pop);
            return;
        }

        w.Pop(src, width);
    }

    /// <summary>
    /// .NET's returns the sum. Where both are one method, RyuJIT (10.0) makes one instruction of sum and difference, and takes what
    /// that returns to be no larger than a constant value: <c>(ulong)(uint)(Interlocked.Add(ref x, 0xbca202ec) - 0xbca202ec)</c>
    /// keeps its upper half.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int FetchAdd(ref int memory, int value) => Interlocked.Add(ref memory, value) - value;

    /// <summary>The same, for 64 bits.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long FetchAdd(ref long memory, long value) => Interlocked.Add(ref memory, value) - value;

    /// <summary>.NET has no interlocked XOR.</summary>
    public static int Xor(ref int memory, int value)
    {
        int seen = Volatile.Read(ref memory);
        int old;
        while ((old = Interlocked.CompareExchange(ref memory, seen ^ value, seen)) != seen) seen = old;
        return old;
    }

    /// <summary>The same, for 64 bits.</summary>
    public static long Xor(ref long memory, long value)
    {
        long seen = Volatile.Read(ref memory);
        long old;
        while ((old = Interlocked.CompareExchange(ref memory, seen ^ value, seen)) != seen) seen = old;
        return old;
    }

    /// <summary>
    /// RyuJIT (10.0) takes the result of a 32-bit compare-exchange for zero-extended, which a successful one leaves as the
    /// comparand's register was; and it loses the upper half of a 64-bit local that holds the new value. Not inlined, both
    /// are this method's own.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong CompareExchangeWord(ref int memory, ulong value, ulong comparand) =>
        (uint)Interlocked.CompareExchange(ref memory, (int)value, (int)comparand);

    /// <summary>The operations of one size; all return the old value, but for an ADD of which nobody wants it.</summary>
    private sealed class Operations(Type type)
    {
        private readonly MethodInfo _add = Find(typeof(Interlocked), nameof(Interlocked.Add), type, values: 1);
        private readonly MethodInfo _fetchAdd = Find(typeof(AtomicWriter), nameof(FetchAdd), type, values: 1);
        private readonly MethodInfo _or = Find(typeof(Interlocked), nameof(Interlocked.Or), type, values: 1);
        private readonly MethodInfo _and = Find(typeof(Interlocked), nameof(Interlocked.And), type, values: 1);
        private readonly MethodInfo _xor = Find(typeof(AtomicWriter), nameof(Xor), type, values: 1);
        private readonly MethodInfo _xchg = Find(typeof(Interlocked), nameof(Interlocked.Exchange), type, values: 1);
        private readonly MethodInfo _cmpxchg = Find(typeof(Interlocked), nameof(Interlocked.CompareExchange), type, values: 2);

        public MethodInfo Of(AtomicOperation operation, bool fetch) => operation switch
        {
            AtomicOperation.Add => fetch ? _fetchAdd : _add,
            AtomicOperation.Or => _or,
            AtomicOperation.And => _and,
            AtomicOperation.Xor => _xor,
            AtomicOperation.Xchg => _xchg,
            AtomicOperation.Cmpxchg => _cmpxchg,
        };

        private static MethodInfo Find(Type owner, string name, Type type, int values) =>
            owner.GetMethod(name, [type.MakeByRefType(), .. Enumerable.Repeat(type, values)])!; // there is one for each size
    }
}
