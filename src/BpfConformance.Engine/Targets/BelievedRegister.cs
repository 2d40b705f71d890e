namespace BpfConformance.Engine.Targets;

public enum BelievedKind : byte
{
    /// <summary>Nothing can be said: it is not known, or something that does not have to be a number.</summary>
    Unknown,

    Number,

    /// <summary>A pointer of which the verifier holds that it is not null.</summary>
    Pointer,
}

/// <summary>What a verifier believes of a register.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Number">Of a number: which.</param>
public readonly record struct BelievedRegister(BelievedKind Kind, BelievedScalar Number)
{
    public static BelievedRegister Unknown => default;

    public static BelievedRegister Pointer => new(BelievedKind.Pointer, default);

    public static BelievedRegister Of(BelievedScalar number) => new(BelievedKind.Number, number);

    /// <summary>Whether a register that holds a number can be this one: numbers may stand for pointers, but null is none.</summary>
    public bool Allows(ulong number) => Kind switch
    {
        BelievedKind.Unknown => true,
        BelievedKind.Number => Number.Contains(number),
        BelievedKind.Pointer => number != 0,
    };

    public override string ToString() => Kind switch
    {
        BelievedKind.Unknown => "anything",
        BelievedKind.Number => Number.ToString(),
        BelievedKind.Pointer => "a pointer, not null",
    };
}
