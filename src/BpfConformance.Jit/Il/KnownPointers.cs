using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>A pointer of which the compiler knows where it points.</summary>
/// <param name="Region">The region; <see cref="Regions.Stack"/> is that of the function's own frame.</param>
/// <param name="Offset">Bytes from its start; any number, in bounds or not.</param>
internal readonly record struct KnownPointer(int Region, long Offset)
{
    public KnownPointer Plus(long bytes) => this with { Offset = Offset + bytes };
}

/// <summary>
/// Which registers hold known pointers, from the beginning of a block to the instruction that is compiled: r10 always, and what
/// the block makes of r10 and of the addresses of map values. Their accesses need no check when the program runs.
/// </summary>
internal sealed class KnownPointers
{
    // Any sum of immediates within a block stays far from overflow below this, and everything beyond is out of bounds anyhow.
    private const long Far = 1L << 40;

    private readonly KnownPointer?[] _pointers = new KnownPointer?[MachineLimits.RegisterCount];

    /// <summary>r10: the end of the frame's stack.</summary>
    public static KnownPointer Frame { get; } = new(Regions.Stack, MachineLimits.StackBytes);

    public KnownPointer? this[Register register] => _pointers[(int)register];

    /// <summary>What a wide instruction makes; <c>null</c>: a number, or a pointer to what may not be touched.</summary>
    public static KnownPointer? ToMapValue(LoadImm64Source source, int map, int offset) => source switch
    {
        LoadImm64Source.MapValueByFd or LoadImm64Source.MapValueByIndex => new KnownPointer(Regions.MapValues + map, (uint)offset),
        LoadImm64Source.Immediate or LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex
            or LoadImm64Source.Variable or LoadImm64Source.Code => null,
    };

    /// <summary>Control may come from elsewhere: only r10 is known.</summary>
    public void Forget() => Array.Clear(_pointers, 0, (int)Register.R10);

    public void Set(Register register, KnownPointer? pointer) =>
        _pointers[(int)register] = pointer is { } known && Math.Abs(known.Offset) > Far ? null : pointer;
}
