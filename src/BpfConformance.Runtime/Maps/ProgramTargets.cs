using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// The values of maps that packets are redirected to (uapi linux/bpf.h, struct bpf_devmap_val and struct bpf_cpumap_val): a number, and in
/// those of eight bytes behind it a program that sees the packets there: its number in the case from 1 on; 0 and negative numbers are none.
/// </summary>
/// <param name="valueBytes">4 or 8.</param>
/// <param name="attachType">What such programs are loaded for.</param>
internal sealed unsafe class ProgramTargets(int valueBytes, AttachType attachType)
{
    private ImmutableArray<bool> _areRight = [];

    /// <summary>What the case has becomes known.</summary>
    /// <param name="owner">The index of a map whose first user decides what type programs in it have (kernel/bpf/core.c, 6.18, map_type_contains_progs); −1: there is none.</param>
    /// <param name="program">The programs.</param>
    public void Join(int owner, BpfProgram program)
    {
        int first = owner < 0 ? -1 : Enumerable.Range(0, program.Count).FirstOrDefault(index => MapNames.IsIn(program, index, owner), -1);
        bool isOpen = first < 0 || program[first].Type == ProgramType.Xdp;
        _areRight = [.. Enumerable.Range(0, program.Count).Select(index => isOpen && program[index].Type == ProgramType.Xdp && program[index].AttachType == attachType)];
    }

    /// <summary>The number.</summary>
    public static uint NumberIn(GuestBytes value) => Unsafe.ReadUnaligned<uint>(value.Data);

    /// <summary>Whether a value names a program, right or not.</summary>
    public bool HasProgram(GuestBytes value) => ProgramIn(value) > 0;

    /// <summary>Whether the program of a value, if it has any, is one that may be there.</summary>
    public bool IsRight(GuestBytes value)
    {
        int program = ProgramIn(value);
        return program <= 0 || (program <= _areRight.Length && _areRight[program - 1]);
    }

    /// <summary>Puts a value into a map. What programs see of a program there is each machine's own.</summary>
    public void Put(GuestBytes value, GuestBytes place)
    {
        Unsafe.WriteUnaligned(place.Data, NumberIn(value));
        if (place.Shadow != null) new Span<byte>(place.Shadow, valueBytes).Fill(ByteShadow.Scalar);
        if (valueBytes == sizeof(uint)) return;
        Unsafe.WriteUnaligned(place.Data + sizeof(uint), Math.Max(ProgramIn(value), 0));
        if (place.Shadow != null && HasProgram(value)) new Span<byte>(place.Shadow + sizeof(uint), sizeof(uint)).Fill(ByteShadow.Volatile);
    }

    /// <summary>What user space has of a place.</summary>
    public static GuestBytes Seen(GuestBytes place) => new(place.Data, shadow: null);

    private int ProgramIn(GuestBytes value) => valueBytes == sizeof(uint) ? 0 : Unsafe.ReadUnaligned<int>(value.Data + sizeof(uint));
}
