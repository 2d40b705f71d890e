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

    /// <summary>Control may come from anywhere.</summary>
    public void Forget() => (_loads, _stores) = (default, default);

    /// <summary>The registers have other values now.</summary>
    public void Forget(ushort registers)
    {
        for (int r = 0; registers >> r != 0; r++)
        {
            if ((registers >> r & 1) != 0) _loads[r] = _stores[r] = default;
        }
    }

    public readonly bool Has(Register register, int offset, int bytes, bool isStore)
    {
        Range range = isStore ? _stores[(int)register] : _loads[(int)register];
        return range.From <= offset && offset + bytes <= range.To && range.From < range.To;
    }

    /// <summary>Where a store is possible, a load is.</summary>
    public void Add(Register register, int offset, int bytes, bool isStore)
    {
        _loads[(int)register] = _loads[(int)register].With(offset, offset + bytes);
        if (isStore) _stores[(int)register] = _stores[(int)register].With(offset, offset + bytes);
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
