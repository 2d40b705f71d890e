using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The values of one element of a per-CPU map, one for each processor, side by side.</summary>
/// <param name="values">The values of the map.</param>
/// <param name="element">Which element.</param>
/// <param name="valueBytes">Size of each.</param>
/// <param name="fields">The kernel's own in each.</param>
internal readonly unsafe struct ProcessorValues(MapValues values, int element, int valueBytes, ValueFields fields)
{
    /// <summary>What programs use, which run there.</summary>
    public GuestBytes First => values[element * Map.Processors];

    /// <summary>The address for a processor, or 0 when there is none.</summary>
    public long AddressOn(uint processor) => processor < Map.Processors ? values.AddressOf((element * Map.Processors) + (int)processor) : 0;

    /// <summary>The first processor gets the value; the others, zeros.</summary>
    public void Begin(GuestBytes value)
    {
        Update(value);
        for (int processor = 1; processor < Map.Processors; processor++) values[(element * Map.Processors) + processor].Clear(valueBytes);
    }

    /// <summary>The first processor gets the value.</summary>
    public void Update(GuestBytes value) => FieldCopies.Put(fields, value, First, valueBytes);

    public void ReadAll(GuestBytes all)
    {
        for (int processor = 0; processor < Map.Processors; processor++)
        {
            GuestBytes to = Part(all, processor);
            to.Clear(Rounded);
            values[(element * Map.Processors) + processor].CopyTo(to, valueBytes);
        }
    }

    public void WriteAll(GuestBytes all)
    {
        for (int processor = 0; processor < Map.Processors; processor++)
        {
            FieldCopies.Put(fields, Part(all, processor), values[(element * Map.Processors) + processor], valueBytes);
        }
    }

    private int Rounded => (valueBytes + 7) & ~7;

    private GuestBytes Part(GuestBytes all, int processor)
    {
        int offset = processor * Rounded;
        return new GuestBytes(all.Data + offset, all.Shadow == null ? null : all.Shadow + offset);
    }
}
