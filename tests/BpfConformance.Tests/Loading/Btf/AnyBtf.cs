using System.Collections.Immutable;
using BpfConformance.Loading.Btf;
using FsCheck;
using FsCheck.Fluent;

namespace BpfConformance.Tests.Loading.Btf;

/// <summary>Well-formed types, without <c>void</c>, and the size of each as it was laid out.</summary>
public sealed record AnyBtf(ImmutableArray<BtfType> Types, ImmutableArray<uint?> Bytes)
{
    public byte[] Encode()
    {
        var builder = new BtfBuilder();
        foreach (BtfType type in Types) builder.Add(type);
        return builder.ToBytes();
    }

    public override string ToString() => string.Join("; ", Types);
}

/// <summary>FsCheck's generator of BTF.</summary>
public static class BtfArbitraries
{
    public static Arbitrary<AnyBtf> AnyBtf()
    {
        Gen<(int, int, int)> step =
            from kind in Gen.Choose(0, 14)
            from first in Gen.Choose(0, 1 << 20)
            from second in Gen.Choose(0, 1 << 20)
            select (kind, first, second);
        return step.ListOf().Select(Make).ToArbitrary();
    }

    private static AnyBtf Make(IEnumerable<(int Kind, int First, int Second)> steps)
    {
        var layout = new BtfLayout();
        foreach ((int kind, int first, int second) in steps) layout.Add(kind, first, second);
        return new AnyBtf([.. layout.Types], [.. layout.Bytes]);
    }
}
