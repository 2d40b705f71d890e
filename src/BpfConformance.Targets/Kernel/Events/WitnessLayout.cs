namespace BpfConformance.Targets.Kernel.Events;

/// <summary>What a witness writes down: how often it ran, then the context, each field in its place, then what the context points to.</summary>
/// <param name="ContextBytes">How much of a context there is.</param>
internal readonly record struct WitnessLayout(int ContextBytes)
{
    /// <summary>Of what the context points to, at most.</summary>
    public const int MaxDataBytes = 64;

    public const int ContextPosition = sizeof(ulong);

    /// <summary>Where the length stands of what the context points to.</summary>
    public int LengthPosition => ContextPosition + ((ContextBytes + 7) & ~7);

    public int DataPosition => LengthPosition + sizeof(ulong);

    public int Bytes => DataPosition + MaxDataBytes;
}
