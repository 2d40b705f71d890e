using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using static BpfConformance.Abi.Instructions.Register;

namespace BpfConformance.Targets.Kernel;

/// <summary>A program whose load shows one thing about the instruction set.</summary>
/// <param name="Name">What is shown.</param>
/// <param name="Since">Version and commit that brought it; <c>null</c>: no kernel has it.</param>
/// <param name="Program">Loads exactly where it is there.</param>
/// <param name="Group">The conformance group it stands for; <c>null</c>: none.</param>
/// <param name="Cpu">The CPU version it is one of; <c>null</c>: none.</param>
/// <param name="Type">The type it needs.</param>
internal sealed record IsaProbe(
    string Name,
    string? Since,
    Instruction[] Program,
    ConformanceGroup? Group = null,
    CpuVersion? Cpu = null,
    ProgramType Type = ProgramType.RawTracepoint);

/// <summary>What decides the conformance groups and the CPU version of this kernel.</summary>
internal static class IsaProbes
{
    private static readonly Instruction s_zero = Code.MoveImmediate(R0, 0);
    private static readonly Instruction s_one = Code.MoveImmediate(R0, 1);
    private static readonly Instruction s_zeroStack = Code.StoreImmediate(R10, -8, 0);

    public static IReadOnlyList<IsaProbe> Rows { get; } =
    [
        new("base32",          "3.18",               [new(0xb4, R0, default, 0, 1), Code.Exit],                                   ConformanceGroup.Base32, CpuVersion.V1),
        new("base64",          "3.18",               [s_zero, Code.Exit],                                                         ConformanceGroup.Base64, CpuVersion.V1),
        new("divmul32",        "3.18",               [s_one, new(0x3c, R0, R0, 0, 0), Code.Exit],                                 ConformanceGroup.Divmul32),
        new("divmul64",        "3.18",               [s_one, new(0x3f, R0, R0, 0, 0), Code.Exit],                                 ConformanceGroup.Divmul64),
        new("atomic32",        "3.18 add; 5.12 rest", [s_zero, s_zeroStack, new(0xc3, R10, R0, -8, 0xa1), Code.Exit],             ConformanceGroup.Atomic32),
        new("atomic64",        "3.18 add; 5.12 rest", [s_zero, s_zeroStack, new(0xdb, R10, R0, -8, 0xa1), Code.Exit],             ConformanceGroup.Atomic64),
        new("packet",          "3.19",               [Code.Move(R6, R1), new(0x30, 0, 0, 0), Code.Exit],                          ConformanceGroup.Packet, Type: ProgramType.SocketFilter),
        new("acquire/release", "6.15, 880442305a39", [s_zeroStack, new(0xdb, R0, R10, -8, 0x100), Code.Exit],                     ConformanceGroup.AcquireRelease),
        new("may_goto",        "6.9, 011832b97b31",  [s_zero, new(Opcodes.MayGoto, 0, 0, 0), Code.Exit],                          ConformanceGroup.MayGoto),
        new("addr_space_cast", "6.9, 6082b6c328b5; needs an arena map", [s_zero, new(0xbf, R0, R0, 1, 1), Code.Exit],             ConformanceGroup.AddressSpace),
        new("callx",           null,                 [Code.MoveImmediate(R0, 5), new(Opcodes.CallX, 0, 0, 0), Code.Exit],         ConformanceGroup.CallX),
        new("v2: jlt",         "4.14, 92b31a9af73b", [s_zero, new(0xa5, R0, default, 0, 1), Code.Exit],                           Cpu: CpuVersion.V2),
        new("v3: jmp32",       "5.1, 092ed0968bb6",  [s_zero, new(0x16, R0, default, 0, 1), Code.Exit],                           Cpu: CpuVersion.V3),
        new("v3: fetch",       "5.12, 5ca419f2864a", [s_zero, s_zeroStack, new(0xdb, R10, R0, -8, 1), Code.Exit],                 Cpu: CpuVersion.V3),
        new("v4: sdiv",        "6.6, ec0e2da95f72",  [s_one, new(0x3f, R0, R0, 1, 0), Code.Exit],                                 Cpu: CpuVersion.V4),
        new("v4: movsx",       "6.6, 8100928c8814",  [s_one, new(0xbf, R0, R0, 8, 0), Code.Exit],                                 Cpu: CpuVersion.V4),
        new("v4: ldxs",        "6.6, 1f9a1ea821ff",  [s_zeroStack, new(0x91, R0, R10, -8, 0), Code.Exit],                         Cpu: CpuVersion.V4),
        new("v4: bswap",       "6.6, 0845c3db7bf5",  [s_one, new(0xd7, R0, default, 0, 16), Code.Exit],                           Cpu: CpuVersion.V4),
        new("v4: ja32",        "6.6, 4cd58e9af8b9",  [s_zero, Code.LongJump(0), Code.Exit],                                       Cpu: CpuVersion.V4),
    ];
}
