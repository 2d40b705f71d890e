using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Valid;

/// <summary>What runs are given: memory, packets and contexts of edge values.</summary>
internal static class HookInputs
{
    /// <summary>Of packets: with the headers of all layers that somebody looks at before the program.</summary>
    public const int PacketBytes = 96;

    private const ushort InternetFamily = 2; // AF_INET
    private const int FamilyOffset = 8; // of bpf_sk_lookup

    // A frame of IPv4 over Ethernet, of UDP: the kernel looks at it before programs do (net/bpf/test_run.c, 6.18).
    private static readonly byte[] s_headers = Convert.FromHexString("020000000001020000000002080045000052000040004011000001020304050607080457" + "08ae003e0000");

    /// <param name="profile">Of which type.</param>
    /// <param name="bytes">Of memory, where the type has some.</param>
    /// <param name="count">How many runs.</param>
    /// <param name="chance">What all follows from.</param>
    public static ImmutableArray<CaseInput> Of(HookProfile profile, int bytes, int count, ulong chance)
    {
        int dataBytes = profile.Type switch
        {
            ProgramType.Unspecified => bytes,
            ProgramType.RawTracepoint or ProgramType.Syscall or ProgramType.SkLookup => 0,
            _ => PacketBytes,
        };
        int contextBytes = profile.Type is ProgramType.RawTracepoint or ProgramType.Syscall or ProgramType.SkLookup ? profile.ContextBytes : 0;
        var all = new byte[(dataBytes + contextBytes) * count];
        EdgeWords.Fill(all, chance | 1); // at 0 it would stay 0
        var inputs = new CaseInput[count];
        for (int i = 0; i < count; i++)
        {
            Memory<byte> data = all.AsMemory(i * (dataBytes + contextBytes), dataBytes);
            Memory<byte> context = all.AsMemory((i * (dataBytes + contextBytes)) + dataBytes, contextBytes);
            if (profile.HasContext && dataBytes > 0) s_headers.CopyTo(data);
            if (profile.Type == ProgramType.SkLookup) SetLookup(context.Span);
            inputs[i] = contextBytes == 0 ? new CaseInput(0, data, null, null) : new CaseInput(0, data, null, null) { Context = context };
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(inputs);
    }

    /// <summary>Only lookups that can be are run (net/bpf/test_run.c, 6.18, <c>bpf_prog_test_run_sk_lookup</c>): of IPv4, and with ports in their halves.</summary>
    private static void SetLookup(Span<byte> context)
    {
        ulong mixed = BinaryPrimitives.ReadUInt64LittleEndian(context[16..]);
        context.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(context[FamilyOffset..], InternetFamily);
        BinaryPrimitives.WriteUInt32LittleEndian(context[12..], 17); // UDP
        BinaryPrimitives.WriteUInt64LittleEndian(context[16..], (uint)mixed);
        BinaryPrimitives.WriteUInt16LittleEndian(context[36..], (ushort)(mixed >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(context[40..], (uint)(mixed >> 16));
        BinaryPrimitives.WriteUInt32LittleEndian(context[60..], (ushort)(mixed >> 48));
    }
}
