using System.Runtime.CompilerServices;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.X64;

/// <summary>
/// What checks have proven on the way to an instruction: for each register the offsets from it that lie in a region. Regions are
/// further from each other than any offset reaches, so what lies between two proven offsets is proven, too.
/// </summary>
internal struct ProvenAccesses
{
    private Ranges _loads;
    private Ranges _stores;

    /// <summary>The registers of which something is proven, a bit for each; of the others the ranges mean nothing.</summary>
    private ushort _known;

    /// <summary>Control may come from anywhere.</summary>
    public void Forget() => _known = 0;

    /// <summary>The registers have other values now.</summary>
    public void Forget(ushort registers) => _known &= (ushort)~registers;

    public readonly bool Has(Register register, int offset, int bytes, bool isStore)
    {
        if ((_known >> (int)register & 1) == 0) return false;
        Range range = isStore ? _stores[(int)register] : _loads[(int)register];
        return range.From <= offset && offset + bytes <= range.To && range.From < range.To;
    }

    /// <summary>Where a store is possible, a load is.</summary>
    public void Add(Register register, int offset, int bytes, bool isStore)
    {
        int r = (int)register;
        if ((_known >> r & 1) == 0) _loads[r] = _stores[r] = default;
        _known |= (ushort)(1 << r);
        _loads[r] = _loads[r].With(offset, offset + bytes);
        if (isStore) _stores[r] = _stores[r].With(offset, offset + bytes);
    }

    private readonly record struct Range(int From, int To)
    {
        public Range With(int from, int to) => From == To ? new(from, to) : new(Math.Min(From, from), Math.Max(To, to));
    }

    [InlineArray(MachineLimits.RegisterCount)]
    private struct Ranges
    {
        private Range _first;
    }
}
