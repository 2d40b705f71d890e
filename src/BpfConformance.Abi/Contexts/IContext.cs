using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Contexts;

/// <summary>
/// An event, as those describe it who cause it: the kernel's structure, with the fields that are numbers. Addresses in it are the machine's to
/// give. Little-endian, as are its machines.
/// </summary>
public interface IContext
{
    /// <summary>Whose structure it is.</summary>
    static abstract ContextLayout Layout { get; }

    /// <summary>The structure's bytes, as many as its layout has.</summary>
    static byte[] BytesOf<TContext>(TContext context)
        where TContext : unmanaged, IContext => MemoryMarshal.AsBytes(new ReadOnlySpan<TContext>(ref context)).ToArray();

    /// <summary>The structure that bytes are, such as those that a run left.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They are too few.</exception>
    static TContext Read<TContext>(ReadOnlySpan<byte> bytes)
        where TContext : unmanaged, IContext => MemoryMarshal.Read<TContext>(bytes);
}
