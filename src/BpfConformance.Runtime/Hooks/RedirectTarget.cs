using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Runtime.Hooks;

/// <summary>A device that a packet is redirected to.</summary>
/// <param name="Device">Which.</param>
/// <param name="Program">Of an entry of a map: the program that sees it there, by its index; −1: none does.</param>
internal readonly record struct RedirectTarget(NetworkPlace Device, int Program = -1)
{
    /// <summary>Where a packet goes for which a program has returned XDP_REDIRECT; empty: nowhere (net/core/filter.c, 6.18, <c>xdp_do_redirect</c>).</summary>
    /// <param name="memory">The machine, as the program has left it.</param>
    /// <param name="ingress">Where it came in.</param>
    /// <param name="whyUnknown">Why it is not known where; <c>null</c>: it is.</param>
    public static unsafe ImmutableArray<RedirectTarget> OfXdp(MachineMemory memory, NetworkPlace ingress, out string? whyUnknown)
    {
        whyUnknown = null;
        Redirect redirect = memory.Machine->Redirect;
        if (redirect.Kind != RedirectKind.MapEntry) return DeviceWith(redirect.Index) is { } device ? [new(device)] : [];
        Map map = memory.Maps![redirect.Map]; // there is one where its entry is meant
        if (map is CpuMap) whyUnknown = "a redirect to another processor";
        if (map is not (DevMap or DevMapHash)) return [];
        if ((redirect.Flags & Redirect.Broadcast) == 0) return [.. EntryOf(new MapAccess(map), redirect.Index)];
        bool excludes = (redirect.Flags & Redirect.ExcludesIngress) != 0;
        return [.. KeysOf(new MapAccess(map)).SelectMany(key => EntryOf(new MapAccess(map), key)).Where(target => !excludes || target.Device != ingress)];
    }

    /// <summary>The device with an ifindex; <c>null</c>: there is none that sends frames.</summary>
    public static NetworkPlace? DeviceWith(uint index)
    {
        for (int i = 0; i < CaseNetwork.Devices.Length; i++)
        {
            if (CaseNetwork.Devices[i].Index == index) return (NetworkPlace)i;
        }

        return null;
    }

    private static IEnumerable<uint> KeysOf(MapAccess map)
    {
        byte[] key = [];
        byte[] next = new byte[sizeof(uint)];
        while (map.NextKey(key, next) == Errno.None)
        {
            key = [.. next];
            yield return BinaryPrimitives.ReadUInt32LittleEndian(key);
        }
    }

    private static IEnumerable<RedirectTarget> EntryOf(MapAccess map, uint key)
    {
        byte[] value = new byte[map.Definition.ValueBytes];
        bool isThere = map.Lookup(BitConverter.GetBytes(key), value) == Errno.None;
        if (!isThere || DeviceWith(BinaryPrimitives.ReadUInt32LittleEndian(value)) is not { } device) yield break;
        int program = value.Length > sizeof(uint) ? BinaryPrimitives.ReadInt32LittleEndian(value.AsSpan(sizeof(uint))) : 0;
        yield return new(device, program - 1); // numbers there begin at 1
    }
}
