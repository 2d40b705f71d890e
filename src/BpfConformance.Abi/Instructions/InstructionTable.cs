using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using static BpfConformance.Abi.Instructions.FieldRule;

namespace BpfConformance.Abi.Instructions;

/// <summary>
/// Every instruction form: RFC 9669's, and after them the kernel's later additions. A table, so exempt from the
/// size rule: one row per line. <c>conformance/isa.csv</c> is the second transcription it is held against.
/// </summary>
public static class InstructionTable
{
    private const string Kernel = "linux-6.18:kernel/bpf/verifier.c";

    //      opcode dst               src               offset       immediate         next  name                      group                            since          operation                  section
    public static ImmutableArray<InstructionDef> Rows { get; } = Numbered(
    [
        // Arithmetic, 32 bits
        new(0x04, WritableRegister, Zero,             Zero,        Any,              null, "add32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Add,             "4.1"),
        new(0x0c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "add32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Add,             "4.1"),
        new(0x14, WritableRegister, Zero,             Zero,        Any,              null, "sub32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Sub,             "4.1"),
        new(0x1c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "sub32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Sub,             "4.1"),
        new(0x24, WritableRegister, Zero,             Zero,        Any,              null, "mul32-imm",              ConformanceGroup.Divmul32,       CpuVersion.V1, Operation.Mul,             "4.1"),
        new(0x2c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "mul32-reg",              ConformanceGroup.Divmul32,       CpuVersion.V1, Operation.Mul,             "4.1"),
        new(0x34, WritableRegister, Zero,             Zero,        Any,              null, "div32-imm",              ConformanceGroup.Divmul32,       CpuVersion.V1, Operation.Div,             "4.1"),
        new(0x34, WritableRegister, Zero,             Exactly(1),  Any,              null, "sdiv32-imm",             ConformanceGroup.Divmul32,       CpuVersion.V4, Operation.SDiv,            "4.1"),
        new(0x3c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "div32-reg",              ConformanceGroup.Divmul32,       CpuVersion.V1, Operation.Div,             "4.1"),
        new(0x3c, WritableRegister, AnyRegister,      Exactly(1),  Zero,             null, "sdiv32-reg",             ConformanceGroup.Divmul32,       CpuVersion.V4, Operation.SDiv,            "4.1"),
        new(0x44, WritableRegister, Zero,             Zero,        Any,              null, "or32-imm",               ConformanceGroup.Base32,         CpuVersion.V1, Operation.Or,              "4.1"),
        new(0x4c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "or32-reg",               ConformanceGroup.Base32,         CpuVersion.V1, Operation.Or,              "4.1"),
        new(0x54, WritableRegister, Zero,             Zero,        Any,              null, "and32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.And,             "4.1"),
        new(0x5c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "and32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.And,             "4.1"),
        new(0x64, WritableRegister, Zero,             Zero,        Any,              null, "lsh32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Lsh,             "4.1"),
        new(0x6c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "lsh32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Lsh,             "4.1"),
        new(0x74, WritableRegister, Zero,             Zero,        Any,              null, "rsh32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Rsh,             "4.1"),
        new(0x7c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "rsh32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Rsh,             "4.1"),
        new(0x84, WritableRegister, Zero,             Zero,        Zero,             null, "neg32",                  ConformanceGroup.Base32,         CpuVersion.V1, Operation.Neg,             "4.1"),
        new(0x94, WritableRegister, Zero,             Zero,        Any,              null, "mod32-imm",              ConformanceGroup.Divmul32,       CpuVersion.V1, Operation.Mod,             "4.1"),
        new(0x94, WritableRegister, Zero,             Exactly(1),  Any,              null, "smod32-imm",             ConformanceGroup.Divmul32,       CpuVersion.V4, Operation.SMod,            "4.1"),
        new(0x9c, WritableRegister, AnyRegister,      Zero,        Zero,             null, "mod32-reg",              ConformanceGroup.Divmul32,       CpuVersion.V1, Operation.Mod,             "4.1"),
        new(0x9c, WritableRegister, AnyRegister,      Exactly(1),  Zero,             null, "smod32-reg",             ConformanceGroup.Divmul32,       CpuVersion.V4, Operation.SMod,            "4.1"),
        new(0xa4, WritableRegister, Zero,             Zero,        Any,              null, "xor32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Xor,             "4.1"),
        new(0xac, WritableRegister, AnyRegister,      Zero,        Zero,             null, "xor32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Xor,             "4.1"),
        new(0xb4, WritableRegister, Zero,             Zero,        Any,              null, "mov32-imm",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Mov,             "4.1"),
        new(0xbc, WritableRegister, AnyRegister,      Zero,        Zero,             null, "mov32-reg",              ConformanceGroup.Base32,         CpuVersion.V1, Operation.Mov,             "4.1"),
        new(0xbc, WritableRegister, AnyRegister,      Exactly(8),  Zero,             null, "movsx32-8",              ConformanceGroup.Base32,         CpuVersion.V4, Operation.MovSx,           "4.1"),
        new(0xbc, WritableRegister, AnyRegister,      Exactly(16), Zero,             null, "movsx32-16",             ConformanceGroup.Base32,         CpuVersion.V4, Operation.MovSx,           "4.1"),
        new(0xc4, WritableRegister, Zero,             Zero,        Any,              null, "arsh32-imm",             ConformanceGroup.Base32,         CpuVersion.V1, Operation.Arsh,            "4.1"),
        new(0xcc, WritableRegister, AnyRegister,      Zero,        Zero,             null, "arsh32-reg",             ConformanceGroup.Base32,         CpuVersion.V1, Operation.Arsh,            "4.1"),

        // Arithmetic, 64 bits
        new(0x07, WritableRegister, Zero,             Zero,        Any,              null, "add64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Add,             "4.1"),
        new(0x0f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "add64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Add,             "4.1"),
        new(0x17, WritableRegister, Zero,             Zero,        Any,              null, "sub64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Sub,             "4.1"),
        new(0x1f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "sub64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Sub,             "4.1"),
        new(0x27, WritableRegister, Zero,             Zero,        Any,              null, "mul64-imm",              ConformanceGroup.Divmul64,       CpuVersion.V1, Operation.Mul,             "4.1"),
        new(0x2f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "mul64-reg",              ConformanceGroup.Divmul64,       CpuVersion.V1, Operation.Mul,             "4.1"),
        new(0x37, WritableRegister, Zero,             Zero,        Any,              null, "div64-imm",              ConformanceGroup.Divmul64,       CpuVersion.V1, Operation.Div,             "4.1"),
        new(0x37, WritableRegister, Zero,             Exactly(1),  Any,              null, "sdiv64-imm",             ConformanceGroup.Divmul64,       CpuVersion.V4, Operation.SDiv,            "4.1"),
        new(0x3f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "div64-reg",              ConformanceGroup.Divmul64,       CpuVersion.V1, Operation.Div,             "4.1"),
        new(0x3f, WritableRegister, AnyRegister,      Exactly(1),  Zero,             null, "sdiv64-reg",             ConformanceGroup.Divmul64,       CpuVersion.V4, Operation.SDiv,            "4.1"),
        new(0x47, WritableRegister, Zero,             Zero,        Any,              null, "or64-imm",               ConformanceGroup.Base64,         CpuVersion.V1, Operation.Or,              "4.1"),
        new(0x4f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "or64-reg",               ConformanceGroup.Base64,         CpuVersion.V1, Operation.Or,              "4.1"),
        new(0x57, WritableRegister, Zero,             Zero,        Any,              null, "and64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.And,             "4.1"),
        new(0x5f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "and64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.And,             "4.1"),
        new(0x67, WritableRegister, Zero,             Zero,        Any,              null, "lsh64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Lsh,             "4.1"),
        new(0x6f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "lsh64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Lsh,             "4.1"),
        new(0x77, WritableRegister, Zero,             Zero,        Any,              null, "rsh64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Rsh,             "4.1"),
        new(0x7f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "rsh64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Rsh,             "4.1"),
        new(0x87, WritableRegister, Zero,             Zero,        Zero,             null, "neg64",                  ConformanceGroup.Base64,         CpuVersion.V1, Operation.Neg,             "4.1"),
        new(0x97, WritableRegister, Zero,             Zero,        Any,              null, "mod64-imm",              ConformanceGroup.Divmul64,       CpuVersion.V1, Operation.Mod,             "4.1"),
        new(0x97, WritableRegister, Zero,             Exactly(1),  Any,              null, "smod64-imm",             ConformanceGroup.Divmul64,       CpuVersion.V4, Operation.SMod,            "4.1"),
        new(0x9f, WritableRegister, AnyRegister,      Zero,        Zero,             null, "mod64-reg",              ConformanceGroup.Divmul64,       CpuVersion.V1, Operation.Mod,             "4.1"),
        new(0x9f, WritableRegister, AnyRegister,      Exactly(1),  Zero,             null, "smod64-reg",             ConformanceGroup.Divmul64,       CpuVersion.V4, Operation.SMod,            "4.1"),
        new(0xa7, WritableRegister, Zero,             Zero,        Any,              null, "xor64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Xor,             "4.1"),
        new(0xaf, WritableRegister, AnyRegister,      Zero,        Zero,             null, "xor64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Xor,             "4.1"),
        new(0xb7, WritableRegister, Zero,             Zero,        Any,              null, "mov64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Mov,             "4.1"),
        new(0xbf, WritableRegister, AnyRegister,      Zero,        Zero,             null, "mov64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Mov,             "4.1"),
        new(0xbf, WritableRegister, AnyRegister,      Exactly(8),  Zero,             null, "movsx64-8",              ConformanceGroup.Base64,         CpuVersion.V4, Operation.MovSx,           "4.1"),
        new(0xbf, WritableRegister, AnyRegister,      Exactly(16), Zero,             null, "movsx64-16",             ConformanceGroup.Base64,         CpuVersion.V4, Operation.MovSx,           "4.1"),
        new(0xbf, WritableRegister, AnyRegister,      Exactly(32), Zero,             null, "movsx64-32",             ConformanceGroup.Base64,         CpuVersion.V4, Operation.MovSx,           "4.1"),
        new(0xc7, WritableRegister, Zero,             Zero,        Any,              null, "arsh64-imm",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Arsh,            "4.1"),
        new(0xcf, WritableRegister, AnyRegister,      Zero,        Zero,             null, "arsh64-reg",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Arsh,            "4.1"),

        // Byte swaps
        new(0xd4, WritableRegister, Zero,             Zero,        Exactly(16),      null, "le16",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.ToLittleEndian,  "4.2"),
        new(0xd4, WritableRegister, Zero,             Zero,        Exactly(32),      null, "le32",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.ToLittleEndian,  "4.2"),
        new(0xd4, WritableRegister, Zero,             Zero,        Exactly(64),      null, "le64",                   ConformanceGroup.Base64,         CpuVersion.V1, Operation.ToLittleEndian,  "4.2"),
        new(0xdc, WritableRegister, Zero,             Zero,        Exactly(16),      null, "be16",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.ToBigEndian,     "4.2"),
        new(0xdc, WritableRegister, Zero,             Zero,        Exactly(32),      null, "be32",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.ToBigEndian,     "4.2"),
        new(0xdc, WritableRegister, Zero,             Zero,        Exactly(64),      null, "be64",                   ConformanceGroup.Base64,         CpuVersion.V1, Operation.ToBigEndian,     "4.2"),
        new(0xd7, WritableRegister, Zero,             Zero,        Exactly(16),      null, "bswap16",                ConformanceGroup.Base32,         CpuVersion.V4, Operation.Swap,            "4.2"),
        new(0xd7, WritableRegister, Zero,             Zero,        Exactly(32),      null, "bswap32",                ConformanceGroup.Base32,         CpuVersion.V4, Operation.Swap,            "4.2"),
        new(0xd7, WritableRegister, Zero,             Zero,        Exactly(64),      null, "bswap64",                ConformanceGroup.Base64,         CpuVersion.V4, Operation.Swap,            "4.2"),

        // Jumps
        new(0x05, Zero,             Zero,             Any,         Zero,             null, "ja",                     ConformanceGroup.Base32,         CpuVersion.V1, Operation.Ja,              "4.3"),
        new(0x06, Zero,             Zero,             Zero,        Any,              null, "ja32",                   ConformanceGroup.Base32,         CpuVersion.V4, Operation.Ja,              "4.3"),
        new(0x15, AnyRegister,      Zero,             Any,         Any,              null, "jeq64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jeq,             "4.3"),
        new(0x1d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jeq64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jeq,             "4.3"),
        new(0x25, AnyRegister,      Zero,             Any,         Any,              null, "jgt64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jgt,             "4.3"),
        new(0x2d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jgt64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jgt,             "4.3"),
        new(0x35, AnyRegister,      Zero,             Any,         Any,              null, "jge64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jge,             "4.3"),
        new(0x3d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jge64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jge,             "4.3"),
        new(0x45, AnyRegister,      Zero,             Any,         Any,              null, "jset64-imm",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jset,            "4.3"),
        new(0x4d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jset64-reg",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jset,            "4.3"),
        new(0x55, AnyRegister,      Zero,             Any,         Any,              null, "jne64-imm",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jne,             "4.3"),
        new(0x5d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jne64-reg",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jne,             "4.3"),
        new(0x65, AnyRegister,      Zero,             Any,         Any,              null, "jsgt64-imm",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jsgt,            "4.3"),
        new(0x6d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jsgt64-reg",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jsgt,            "4.3"),
        new(0x75, AnyRegister,      Zero,             Any,         Any,              null, "jsge64-imm",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jsge,            "4.3"),
        new(0x7d, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jsge64-reg",             ConformanceGroup.Base64,         CpuVersion.V1, Operation.Jsge,            "4.3"),
        new(0xa5, AnyRegister,      Zero,             Any,         Any,              null, "jlt64-imm",              ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jlt,             "4.3"),
        new(0xad, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jlt64-reg",              ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jlt,             "4.3"),
        new(0xb5, AnyRegister,      Zero,             Any,         Any,              null, "jle64-imm",              ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jle,             "4.3"),
        new(0xbd, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jle64-reg",              ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jle,             "4.3"),
        new(0xc5, AnyRegister,      Zero,             Any,         Any,              null, "jslt64-imm",             ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jslt,            "4.3"),
        new(0xcd, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jslt64-reg",             ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jslt,            "4.3"),
        new(0xd5, AnyRegister,      Zero,             Any,         Any,              null, "jsle64-imm",             ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jsle,            "4.3"),
        new(0xdd, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jsle64-reg",             ConformanceGroup.Base64,         CpuVersion.V2, Operation.Jsle,            "4.3"),
        new(0x16, AnyRegister,      Zero,             Any,         Any,              null, "jeq32-imm",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jeq,             "4.3"),
        new(0x1e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jeq32-reg",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jeq,             "4.3"),
        new(0x26, AnyRegister,      Zero,             Any,         Any,              null, "jgt32-imm",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jgt,             "4.3"),
        new(0x2e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jgt32-reg",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jgt,             "4.3"),
        new(0x36, AnyRegister,      Zero,             Any,         Any,              null, "jge32-imm",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jge,             "4.3"),
        new(0x3e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jge32-reg",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jge,             "4.3"),
        new(0x46, AnyRegister,      Zero,             Any,         Any,              null, "jset32-imm",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jset,            "4.3"),
        new(0x4e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jset32-reg",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jset,            "4.3"),
        new(0x56, AnyRegister,      Zero,             Any,         Any,              null, "jne32-imm",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jne,             "4.3"),
        new(0x5e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jne32-reg",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jne,             "4.3"),
        new(0x66, AnyRegister,      Zero,             Any,         Any,              null, "jsgt32-imm",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jsgt,            "4.3"),
        new(0x6e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jsgt32-reg",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jsgt,            "4.3"),
        new(0x76, AnyRegister,      Zero,             Any,         Any,              null, "jsge32-imm",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jsge,            "4.3"),
        new(0x7e, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jsge32-reg",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jsge,            "4.3"),
        new(0xa6, AnyRegister,      Zero,             Any,         Any,              null, "jlt32-imm",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jlt,             "4.3"),
        new(0xae, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jlt32-reg",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jlt,             "4.3"),
        new(0xb6, AnyRegister,      Zero,             Any,         Any,              null, "jle32-imm",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jle,             "4.3"),
        new(0xbe, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jle32-reg",              ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jle,             "4.3"),
        new(0xc6, AnyRegister,      Zero,             Any,         Any,              null, "jslt32-imm",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jslt,            "4.3"),
        new(0xce, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jslt32-reg",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jslt,            "4.3"),
        new(0xd6, AnyRegister,      Zero,             Any,         Any,              null, "jsle32-imm",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jsle,            "4.3"),
        new(0xde, AnyRegister,      AnyRegister,      Any,         Zero,             null, "jsle32-reg",             ConformanceGroup.Base32,         CpuVersion.V3, Operation.Jsle,            "4.3"),

        // Calls and exit
        new(0x85, Zero,             Zero,             Zero,        Any,              null, "call-helper",            ConformanceGroup.Base32,         CpuVersion.V1, Operation.CallHelper,      "4.3.1"),
        new(0x85, Zero,             Exactly(1),       Zero,        Any,              null, "call-local",             ConformanceGroup.Base32,         CpuVersion.V1, Operation.CallLocal,       "4.3.2"),
        new(0x85, Zero,             Exactly(2),       Zero,        Any,              null, "call-btf",               ConformanceGroup.Base32,         CpuVersion.V1, Operation.CallKernel,      "4.3.1"),
        new(0x95, Zero,             Zero,             Zero,        Zero,             null, "exit",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.Exit,            "4.3"),

        // Wide instructions: what the source field makes of the two immediates
        new(0x18, WritableRegister, Zero,             Zero,        Any,              Any,  "lddw-imm",               ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4"),
        new(0x18, WritableRegister, Exactly(1),       Zero,        Any,              Zero, "lddw-map-fd",            ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4.1"),
        new(0x18, WritableRegister, Exactly(2),       Zero,        Any,              Any,  "lddw-map-value-fd",      ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4.1"),
        new(0x18, WritableRegister, Exactly(3),       Zero,        Any,              Zero, "lddw-var",               ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4.2"),
        new(0x18, WritableRegister, Exactly(4),       Zero,        Any,              Zero, "lddw-code",              ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4"),
        new(0x18, WritableRegister, Exactly(5),       Zero,        Any,              Zero, "lddw-map-idx",           ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4.1"),
        new(0x18, WritableRegister, Exactly(6),       Zero,        Any,              Any,  "lddw-map-value-idx",     ConformanceGroup.Base64,         CpuVersion.V1, Operation.LoadImm64,       "5.4.1"),

        // Loads and stores
        new(0x71, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldx8",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.Load,            "5.1"),
        new(0x69, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldx16",                  ConformanceGroup.Base32,         CpuVersion.V1, Operation.Load,            "5.1"),
        new(0x61, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldx32",                  ConformanceGroup.Base32,         CpuVersion.V1, Operation.Load,            "5.1"),
        new(0x79, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldx64",                  ConformanceGroup.Base64,         CpuVersion.V1, Operation.Load,            "5.1"),
        new(0x91, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldxs8",                  ConformanceGroup.Base32,         CpuVersion.V4, Operation.LoadSigned,      "5.2"),
        new(0x89, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldxs16",                 ConformanceGroup.Base32,         CpuVersion.V4, Operation.LoadSigned,      "5.2"),
        new(0x81, WritableRegister, AnyRegister,      Any,         Zero,             null, "ldxs32",                 ConformanceGroup.Base32,         CpuVersion.V4, Operation.LoadSigned,      "5.2"),
        new(0x72, AnyRegister,      Zero,             Any,         Any,              null, "st8",                    ConformanceGroup.Base32,         CpuVersion.V1, Operation.StoreImmediate,  "5.1"),
        new(0x6a, AnyRegister,      Zero,             Any,         Any,              null, "st16",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.StoreImmediate,  "5.1"),
        new(0x62, AnyRegister,      Zero,             Any,         Any,              null, "st32",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.StoreImmediate,  "5.1"),
        new(0x7a, AnyRegister,      Zero,             Any,         Any,              null, "st64",                   ConformanceGroup.Base64,         CpuVersion.V1, Operation.StoreImmediate,  "5.1"),
        new(0x73, AnyRegister,      AnyRegister,      Any,         Zero,             null, "stx8",                   ConformanceGroup.Base32,         CpuVersion.V1, Operation.Store,           "5.1"),
        new(0x6b, AnyRegister,      AnyRegister,      Any,         Zero,             null, "stx16",                  ConformanceGroup.Base32,         CpuVersion.V1, Operation.Store,           "5.1"),
        new(0x63, AnyRegister,      AnyRegister,      Any,         Zero,             null, "stx32",                  ConformanceGroup.Base32,         CpuVersion.V1, Operation.Store,           "5.1"),
        new(0x7b, AnyRegister,      AnyRegister,      Any,         Zero,             null, "stx64",                  ConformanceGroup.Base64,         CpuVersion.V1, Operation.Store,           "5.1"),

        // Atomics
        new(0xc3, AnyRegister,      AnyRegister,      Any,         Zero,             null, "atomic-add32",           ConformanceGroup.Atomic32,       CpuVersion.V1, Operation.AtomicAdd,       "5.3"),
        new(0xc3, AnyRegister,      WritableRegister, Any,         Exactly(0x01),    null, "atomic-add32-fetch",     ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicAdd,       "5.3"),
        new(0xc3, AnyRegister,      AnyRegister,      Any,         Exactly(0x40),    null, "atomic-or32",            ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicOr,        "5.3"),
        new(0xc3, AnyRegister,      WritableRegister, Any,         Exactly(0x41),    null, "atomic-or32-fetch",      ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicOr,        "5.3"),
        new(0xc3, AnyRegister,      AnyRegister,      Any,         Exactly(0x50),    null, "atomic-and32",           ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicAnd,       "5.3"),
        new(0xc3, AnyRegister,      WritableRegister, Any,         Exactly(0x51),    null, "atomic-and32-fetch",     ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicAnd,       "5.3"),
        new(0xc3, AnyRegister,      AnyRegister,      Any,         Exactly(0xa0),    null, "atomic-xor32",           ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicXor,       "5.3"),
        new(0xc3, AnyRegister,      WritableRegister, Any,         Exactly(0xa1),    null, "atomic-xor32-fetch",     ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicXor,       "5.3"),
        new(0xc3, AnyRegister,      WritableRegister, Any,         Exactly(0xe1),    null, "atomic-xchg32",          ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicXchg,      "5.3"),
        new(0xc3, AnyRegister,      AnyRegister,      Any,         Exactly(0xf1),    null, "atomic-cmpxchg32",       ConformanceGroup.Atomic32,       CpuVersion.V3, Operation.AtomicCmpxchg,   "5.3"),
        new(0xdb, AnyRegister,      AnyRegister,      Any,         Zero,             null, "atomic-add64",           ConformanceGroup.Atomic64,       CpuVersion.V1, Operation.AtomicAdd,       "5.3"),
        new(0xdb, AnyRegister,      WritableRegister, Any,         Exactly(0x01),    null, "atomic-add64-fetch",     ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicAdd,       "5.3"),
        new(0xdb, AnyRegister,      AnyRegister,      Any,         Exactly(0x40),    null, "atomic-or64",            ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicOr,        "5.3"),
        new(0xdb, AnyRegister,      WritableRegister, Any,         Exactly(0x41),    null, "atomic-or64-fetch",      ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicOr,        "5.3"),
        new(0xdb, AnyRegister,      AnyRegister,      Any,         Exactly(0x50),    null, "atomic-and64",           ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicAnd,       "5.3"),
        new(0xdb, AnyRegister,      WritableRegister, Any,         Exactly(0x51),    null, "atomic-and64-fetch",     ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicAnd,       "5.3"),
        new(0xdb, AnyRegister,      AnyRegister,      Any,         Exactly(0xa0),    null, "atomic-xor64",           ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicXor,       "5.3"),
        new(0xdb, AnyRegister,      WritableRegister, Any,         Exactly(0xa1),    null, "atomic-xor64-fetch",     ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicXor,       "5.3"),
        new(0xdb, AnyRegister,      WritableRegister, Any,         Exactly(0xe1),    null, "atomic-xchg64",          ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicXchg,      "5.3"),
        new(0xdb, AnyRegister,      AnyRegister,      Any,         Exactly(0xf1),    null, "atomic-cmpxchg64",       ConformanceGroup.Atomic64,       CpuVersion.V3, Operation.AtomicCmpxchg,   "5.3"),

        // Legacy packet access: the meaning is the kernel's (net/core/filter.c), the RFC gives none
        new(0x30, Zero,             Zero,             Zero,        Any,              null, "ldabs8",                 ConformanceGroup.Packet,         CpuVersion.V1, Operation.LegacyAbsolute,  "5.5"),
        new(0x28, Zero,             Zero,             Zero,        Any,              null, "ldabs16",                ConformanceGroup.Packet,         CpuVersion.V1, Operation.LegacyAbsolute,  "5.5"),
        new(0x20, Zero,             Zero,             Zero,        Any,              null, "ldabs32",                ConformanceGroup.Packet,         CpuVersion.V1, Operation.LegacyAbsolute,  "5.5"),
        new(0x50, Zero,             AnyRegister,      Zero,        Any,              null, "ldind8",                 ConformanceGroup.Packet,         CpuVersion.V1, Operation.LegacyIndirect,  "5.5"),
        new(0x48, Zero,             AnyRegister,      Zero,        Any,              null, "ldind16",                ConformanceGroup.Packet,         CpuVersion.V1, Operation.LegacyIndirect,  "5.5"),
        new(0x40, Zero,             AnyRegister,      Zero,        Any,              null, "ldind32",                ConformanceGroup.Packet,         CpuVersion.V1, Operation.LegacyIndirect,  "5.5"),

        // After RFC 9669
        new(0xd3, WritableRegister, AnyRegister,      Any,         Exactly(0x100),   null, "load-acquire8",          ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.LoadAcquire,     Kernel),
        new(0xcb, WritableRegister, AnyRegister,      Any,         Exactly(0x100),   null, "load-acquire16",         ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.LoadAcquire,     Kernel),
        new(0xc3, WritableRegister, AnyRegister,      Any,         Exactly(0x100),   null, "load-acquire32",         ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.LoadAcquire,     Kernel),
        new(0xdb, WritableRegister, AnyRegister,      Any,         Exactly(0x100),   null, "load-acquire64",         ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.LoadAcquire,     Kernel),
        new(0xd3, AnyRegister,      AnyRegister,      Any,         Exactly(0x110),   null, "store-release8",         ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.StoreRelease,    Kernel),
        new(0xcb, AnyRegister,      AnyRegister,      Any,         Exactly(0x110),   null, "store-release16",        ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.StoreRelease,    Kernel),
        new(0xc3, AnyRegister,      AnyRegister,      Any,         Exactly(0x110),   null, "store-release32",        ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.StoreRelease,    Kernel),
        new(0xdb, AnyRegister,      AnyRegister,      Any,         Exactly(0x110),   null, "store-release64",        ConformanceGroup.AcquireRelease, CpuVersion.V4, Operation.StoreRelease,    Kernel),
        new(0xe5, Zero,             Zero,             Any,         Zero,             null, "may-goto",               ConformanceGroup.MayGoto,        CpuVersion.V4, Operation.MayGoto,         Kernel),
        new(0xbf, WritableRegister, AnyRegister,      Exactly(1),  Exactly(1),       null, "addr-space-cast-kern",   ConformanceGroup.AddressSpace,   CpuVersion.V4, Operation.AddressSpaceCast,Kernel),
        new(0xbf, WritableRegister, AnyRegister,      Exactly(1),  Exactly(0x10000), null, "addr-space-cast-user",   ConformanceGroup.AddressSpace,   CpuVersion.V4, Operation.AddressSpaceCast,Kernel),
        new(0x8d, AnyRegister,      Zero,             Zero,        Zero,             null, "callx",                  ConformanceGroup.CallX,          CpuVersion.V4, Operation.CallRegister,    "linux-6.18:Documentation/bpf/clang-notes.rst"),
    ]);

    private static readonly ImmutableArray<InstructionDef>[] s_byOpcode = ByOpcode();
    private static readonly InstructionForms[] s_forms = [.. s_byOpcode.Select(rows => new InstructionForms(rows))];
    private static readonly FrozenDictionary<string, InstructionDef> s_byName = Rows.ToFrozenDictionary(row => row.Name);

    /// <summary>The rows that share an opcode; empty when no instruction has it.</summary>
    public static ImmutableArray<InstructionDef> WithOpcode(byte opcode) => s_byOpcode[opcode];

    /// <summary>The row whose rules all hold for this (first) slot; <c>null</c> when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // it is asked of every slot
    public static InstructionDef? Find(in Instruction instruction) =>
        s_forms[instruction.Opcode].Candidate(instruction) is { } row && row.Matches(instruction) ? row : null;

    /// <summary>The row of a (first) slot that was found valid; of one that was not, any of its opcode.</summary>
    /// <exception cref="UnreachableException">The opcode is none: it was not validated.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static InstructionDef Of(in Instruction valid) =>
        s_forms[valid.Opcode].Candidate(valid) ?? throw new UnreachableException($"no form of opcode 0x{valid.Opcode:x2}");

    /// <summary>The row of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such row.</exception>
    public static InstructionDef Named(string name) => s_byName[name];

    private static ImmutableArray<InstructionDef> Numbered(ReadOnlySpan<InstructionDef> rows)
    {
        var numbered = ImmutableArray.CreateBuilder<InstructionDef>(rows.Length);
        foreach (InstructionDef row in rows) numbered.Add(row with { Index = numbered.Count });
        return numbered.MoveToImmutable();
    }

    private static ImmutableArray<InstructionDef>[] ByOpcode()
    {
        ILookup<byte, InstructionDef> lookup = Rows.ToLookup(row => row.Opcode);
        return [.. Enumerable.Range(0, 256).Select(opcode => lookup[(byte)opcode].ToImmutableArray())];
    }
}
