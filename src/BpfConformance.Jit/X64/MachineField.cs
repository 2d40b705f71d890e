using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.X64;

/// <summary>
/// The fields of the machine as operands. The register points 128 bytes into it, so that a displacement of 8 bits reaches
/// twice as many of them.
/// </summary>
internal static unsafe class MachineField
{
    /// <summary>From the machine's start to where its register points.</summary>
    public const int Bias = 128;

    /// <summary>Only its fields' distances matter.</summary>
    private static readonly Machine* s_model = (Machine*)NativeMemory.AllocZeroed((nuint)sizeof(Machine));

    public static X64Memory BudgetLeft { get; } = At(&s_model->BudgetLeft);

    public static X64Memory NegatedDataStart { get; } = At(&s_model->Native.NegatedDataStart);

    public static X64Memory Divisor { get; } = At(&s_model->Native.Divisor);

    public static X64Memory LastFrame { get; } = At(&s_model->Native.LastFrame);

    public static X64Memory FieldValue { get; } = At(&s_model->Native.FieldValue);

    public static X64Memory PacketMetaBytes { get; } = At(&s_model->PacketMetaBytes);

    public static X64Memory HostStack { get; } = At(&s_model->Native.HostStack);

    public static X64Memory StoppedAt { get; } = At(&s_model->Native.StoppedAt);

    public static X64Memory RunNumber { get; } = At(&s_model->Native.RunNumber);

    public static X64Memory Signal { get; } = At(&s_model->Native.Signal);

    public static X64Memory Regions { get; } = At(&s_model->Regions);

    public static X64Memory Origin { get; } = At(&s_model->Origin);

    public static X64Memory Status { get; } = At(&s_model->Status);

    public static X64Memory Fault { get; } = At(&s_model->Fault);

    private static readonly X64Memory s_registers = At(s_model->Registers);

    private static readonly X64Memory s_dataOffsets = At(s_model->Native.DataOffsets);

    /// <summary>The fields of a region, by their distance from its start.</summary>
    public static RegionFields Region { get; } = MeasureRegion();

    public static X64Memory RegisterValue(Register register) => Plus(s_registers, sizeof(ulong) * (int)register);

    /// <summary>How many offsets of the data region an access of so many bytes may have, or of the next power of two.</summary>
    public static X64Memory DataOffsets(int bytes) => Plus(s_dataOffsets, sizeof(ulong) * NativeRun.SpanOf(bytes));

    private static X64Memory Plus(X64Memory field, int bytes) => field with { Displacement = field.Displacement + bytes };

    private static RegionFields MeasureRegion()
    {
        Region model;
        byte* start = (byte*)&model;
        return new RegionFields(
            Distance(&model.Start), Distance(&model.Length), Distance(&model.IsWritable),
            Distance(&model.ElementBytes), Distance(&model.ElementMask), Distance(&model.ElementsEnd));

        int Distance(void* field) => (int)((byte*)field - start);
    }

    private static X64Memory At(void* field) => new(X64Registers.Machine, (int)((byte*)field - (byte*)s_model) - Bias);
}
