using System.Runtime.CompilerServices;
using BpfConformance.Abi.Network;

namespace BpfConformance.Runtime.Hooks;

/// <summary>For each <see cref="StreamHook"/> a program by its index, or <see cref="None"/>.</summary>
[InlineArray(4)]
internal struct StreamPrograms
{
    /// <summary>No program.</summary>
    public const int None = -1;

    private int _first;

    public StreamPrograms() => ((Span<int>)this).Fill(None);

    public int this[StreamHook hook]
    {
        readonly get => this[(int)hook];
        set => this[(int)hook] = value;
    }

    /// <summary>Whether there is a program for a hook.</summary>
    public readonly bool Has(StreamHook hook) => this[hook] != None;

    /// <summary>Whether there is one that decides on what was received.</summary>
    public readonly bool HasVerdict => Has(StreamHook.Verdict) || Has(StreamHook.PacketVerdict);
}
