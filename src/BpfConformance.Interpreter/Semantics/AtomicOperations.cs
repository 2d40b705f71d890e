namespace BpfConformance.Interpreter.Semantics;

/// <summary>
/// The meaning of one atomic (RFC 9669 section 5.3): changes memory in one step and returns its old value. The
/// comparand, r0, matters only to CMPXCHG.
/// </summary>
public interface IAtomicOperation
{
    static abstract uint Apply(ref uint memory, uint src, uint comparand);

    static abstract ulong Apply(ref ulong memory, ulong src, ulong comparand);
}

public struct AtomicAdd : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) => Interlocked.Add(ref memory, src) - src;

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) => Interlocked.Add(ref memory, src) - src;
}

public struct AtomicOr : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) => Interlocked.Or(ref memory, src);

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) => Interlocked.Or(ref memory, src);
}

public struct AtomicAnd : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) => Interlocked.And(ref memory, src);

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) => Interlocked.And(ref memory, src);
}

/// <summary>.NET has no interlocked XOR.</summary>
public struct AtomicXor : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand)
    {
        uint seen = Volatile.Read(ref memory);
        while (true)
        {
            uint old = Interlocked.CompareExchange(ref memory, seen ^ src, seen);
            if (old == seen) return old;
            seen = old;
        }
    }

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand)
    {
        ulong seen = Volatile.Read(ref memory);
        while (true)
        {
            ulong old = Interlocked.CompareExchange(ref memory, seen ^ src, seen);
            if (old == seen) return old;
            seen = old;
        }
    }
}

public struct AtomicXchg : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) => Interlocked.Exchange(ref memory, src);

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) => Interlocked.Exchange(ref memory, src);
}

public struct AtomicCmpxchg : IAtomicOperation
{
    public static uint Apply(ref uint memory, uint src, uint comparand) =>
        Interlocked.CompareExchange(ref memory, src, comparand);

    public static ulong Apply(ref ulong memory, ulong src, ulong comparand) =>
        Interlocked.CompareExchange(ref memory, src, comparand);
}
