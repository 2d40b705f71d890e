namespace BpfConformance.Tests.Interpreter;

/// <summary>
/// Memory of a <see cref="ModelMachine"/>: stretches of bytes at addresses that nobody else uses. Numbers are sums of
/// bytes times powers of 256, the first byte the least (RFC 9669 section 3: the byte order of the host).
/// </summary>
/// <param name="origin">The address of the first stretch.</param>
internal sealed class ModelMemory(ulong origin)
{
    /// <summary>Room between stretches: no offset of an instruction leads from one into the next.</summary>
    private const ulong Distance = 1ul << 32;

    private readonly List<(ulong Start, byte[] Bytes)> _stretches = [];

    /// <summary>The address of its first byte.</summary>
    public ulong Add(byte[] bytes)
    {
        ulong start = origin + ((ulong)_stretches.Count * Distance);
        _stretches.Add((start, bytes));
        return start;
    }

    public Int128 Load(Int128 address, int size)
    {
        Int128 value = 0;
        ReadOnlySpan<byte> bytes = At(address, size);
        for (int i = size - 1; i >= 0; i--) value = (value * 256) + bytes[i];
        return value;
    }

    /// <param name="address">From 0 to 2^64 − 1.</param>
    /// <param name="size">In bytes: as many digits of the value are kept.</param>
    /// <param name="value">Not negative.</param>
    public void Store(Int128 address, int size, Int128 value)
    {
        Span<byte> bytes = At(address, size);
        foreach (ref byte each in bytes)
        {
            each = (byte)(value & 0xff);
            value >>= 8;
        }
    }

    private Span<byte> At(Int128 address, int size)
    {
        foreach ((ulong start, byte[] bytes) in _stretches)
        {
            if (address >= start && address + size <= start + (Int128)bytes.Length) return bytes.AsSpan((int)(address - start), size);
        }

        throw new ModelException($"no {size} bytes at 0x{address:x}");
    }
}

/// <summary>The machine cannot go on, or has no meaning for what it is given.</summary>
internal sealed class ModelException(string message) : Exception(message);
