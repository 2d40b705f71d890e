using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>Where the compiler believes that a register points.</summary>
/// <param name="Region">
/// The region; <see cref="OwnFrame"/> and the numbers below it are the stacks of the function's own frame, of its caller's and
/// so on, which are different regions in different calls.
/// </param>
/// <param name="Offset">Bytes from the region's start, or from that of one value of a map that has several, in bounds or not, where that is certain; <c>null</c>: the region is only likely.</param>
/// <param name="Index">A register that is to be added to a certain offset, as it is now.</param>
internal readonly record struct Pointer(int Region, long? Offset, Register? Index = null)
{
    public const int OwnFrame = -1;

    // Any sum of immediates within a block stays far from overflow below this, and everything beyond is out of bounds anyhow.
    private const long Far = 1L << 40;

    /// <summary>r10: the end of the frame's stack.</summary>
    public static Pointer ToFrame { get; } = new(OwnFrame, MachineLimits.StackBytes);

    /// <summary>What is most likely of a register of which nothing is known.</summary>
    public static Pointer ToData { get; } = new(Regions.Data, null);

    /// <summary>What a hook gives its program.</summary>
    public static Pointer ToContext { get; } = new(Regions.Context, 0);

    public bool IsFrame => Region < 0;

    /// <summary>Whether it is likely to point to fields, which are no memory.</summary>
    public bool IsToFields => Region is Regions.Context or Regions.Socket;

    /// <summary>The same region, at some offset.</summary>
    public Pointer Somewhere => new(Region, null);

    /// <summary>What it is once a register has changed.</summary>
    public Pointer Without(Register changed) => Index == changed ? Somewhere : this;

    /// <summary>What it is to a function that is called with it.</summary>
    public Pointer InCallee => new(IsFrame ? Region - 1 : Region, null);

    public Pointer Plus(long bytes) =>
        Offset is { } offset && Math.Abs(offset + bytes) < Far ? this with { Offset = offset + bytes } : Somewhere;

    /// <summary>What a wide instruction makes; <c>null</c>: a number, or a pointer to what may not be touched.</summary>
    public static Pointer? Of(LoadImm64Source source, int map, int offset) => source switch
    {
        LoadImm64Source.MapValueByFd or LoadImm64Source.MapValueByIndex => new Pointer(Regions.MapValues + map, (uint)offset),
        LoadImm64Source.Immediate or LoadImm64Source.MapByFd or LoadImm64Source.MapByIndex
            or LoadImm64Source.Variable or LoadImm64Source.Code => null,
    };

    /// <summary>What 64-bit arithmetic makes of pointers; <c>null</c>: a number.</summary>
    public static Pointer? After(AluOperation operation, Pointer? dst, Operand src, Pointer? other) => operation switch
    {
        AluOperation.Mov => other,
        AluOperation.Add when !src.IsRegister => dst?.Plus(src.Immediate),
        AluOperation.Sub when !src.IsRegister => dst?.Plus(-(long)src.Immediate),
        AluOperation.Add when dst is { Offset: not null, Index: null } pointer && other is null => pointer with { Index = src.Register },
        AluOperation.Add => (dst ?? other)?.Somewhere,
        AluOperation.Sub => dst?.Somewhere,
        AluOperation.Mul or AluOperation.Div or AluOperation.SDiv or AluOperation.Or or AluOperation.And
            or AluOperation.Lsh or AluOperation.Rsh or AluOperation.Neg or AluOperation.Mod or AluOperation.SMod
            or AluOperation.Xor or AluOperation.Arsh => null,
    };
}
