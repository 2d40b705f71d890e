namespace BpfConformance.Interpreter.Semantics;

/// <summary>The meaning of one condition at both widths (RFC 9669 section 4.3); an immediate arrives sign-extended.</summary>
public interface IJumpCondition
{
    static abstract bool Holds(uint dst, uint src);

    static abstract bool Holds(ulong dst, ulong src);
}

public struct Jeq : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => dst == src;

    public static bool Holds(ulong dst, ulong src) => dst == src;
}

public struct Jne : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => dst != src;

    public static bool Holds(ulong dst, ulong src) => dst != src;
}

public struct Jset : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (dst & src) != 0;

    public static bool Holds(ulong dst, ulong src) => (dst & src) != 0;
}

public struct Jgt : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => dst > src;

    public static bool Holds(ulong dst, ulong src) => dst > src;
}

public struct Jge : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => dst >= src;

    public static bool Holds(ulong dst, ulong src) => dst >= src;
}

public struct Jlt : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => dst < src;

    public static bool Holds(ulong dst, ulong src) => dst < src;
}

public struct Jle : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => dst <= src;

    public static bool Holds(ulong dst, ulong src) => dst <= src;
}

public struct Jsgt : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (int)dst > (int)src;

    public static bool Holds(ulong dst, ulong src) => (long)dst > (long)src;
}

public struct Jsge : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (int)dst >= (int)src;

    public static bool Holds(ulong dst, ulong src) => (long)dst >= (long)src;
}

public struct Jslt : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (int)dst < (int)src;

    public static bool Holds(ulong dst, ulong src) => (long)dst < (long)src;
}

public struct Jsle : IJumpCondition
{
    public static bool Holds(uint dst, uint src) => (int)dst <= (int)src;

    public static bool Holds(ulong dst, ulong src) => (long)dst <= (long)src;
}
