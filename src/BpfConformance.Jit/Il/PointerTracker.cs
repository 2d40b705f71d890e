using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>
/// Follows pointers through a function, in one pass over its slots. Within a block offsets are certain; what comes from
/// another block, or back from the stack, is a guess at the region, and whoever uses it must still compare.
/// </summary>
internal sealed class PointerTracker
{
    private readonly Pointer?[] _now = new Pointer?[MachineLimits.RegisterCount];
    private readonly Dictionary<int, Pointer?[]> _atTargets = [];
    private readonly Dictionary<long, Pointer> _spilled = [];

    /// <summary>Whether control can come from the slot before.</summary>
    private bool _fallsThrough = true;

    /// <param name="arguments">r1 to r5 as callers pass them.</param>
    public PointerTracker(ReadOnlySpan<Pointer?> arguments)
    {
        arguments.CopyTo(_now.AsSpan((int)Register.R1));
        _now[(int)Register.R10] = Pointer.ToFrame;
    }

    public Pointer? this[Register register]
    {
        get => _now[(int)register];
        set
        {
            for (int r = 0; r < (int)Register.R10; r++) _now[r] = _now[r]?.Without(register);
            _now[(int)register] = value?.Without(register);
        }
    }

    /// <summary>A block begins.</summary>
    /// <param name="pc">Where.</param>
    /// <param name="isTarget">Whether control may come from elsewhere than the slot before.</param>
    public void EnterBlock(int pc, bool isTarget)
    {
        if (!isTarget && _fallsThrough) return;
        _atTargets.Remove(pc, out Pointer?[]? jumped);
        for (int r = 0; r < (int)Register.R10; r++)
        {
            Pointer? here = _fallsThrough ? _now[r] : null;
            _now[r] = (here ?? jumped?[r])?.Somewhere;
        }

        _fallsThrough = true;
    }

    /// <summary>A jump leaves for a block that may come later.</summary>
    public void Jump(int target)
    {
        bool hasPointers = _now.AsSpan(0, (int)Register.R10).IndexOfAnyExcept((Pointer?)null) >= 0;
        if (hasPointers) _ = _atTargets.TryAdd(target, (Pointer?[])_now.Clone());
    }

    /// <summary>Control does not go on to the next slot.</summary>
    public void EndFlow() => _fallsThrough = false;

    /// <summary>A register is stored to the stack, where it may be found again.</summary>
    public void Spill(Pointer? address, short offset, Pointer? value)
    {
        if (address is not { Region: Pointer.OwnFrame, Offset: { } start, Index: null }) return;
        if (value is { } pointer) _spilled[start + offset] = pointer.Somewhere;
        else _ = _spilled.Remove(start + offset);
    }

    /// <summary>What was last seen to be stored there.</summary>
    public Pointer? Reload(Pointer? address, short offset) =>
        address is { Region: Pointer.OwnFrame, Offset: { } start, Index: null } && _spilled.TryGetValue(start + offset, out Pointer value) ? value : null;
}
