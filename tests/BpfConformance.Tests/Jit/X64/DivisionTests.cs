using System.Buffers.Binary;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>
/// Division between every two registers and by every kind of number: the processor wants rdx and rax for it, which hold r3 and r0.
/// All ten registers are looked at afterwards, or only the result, when the others need not be kept.
/// </summary>
[TestFixture]
internal sealed unsafe class DivisionTests
{
    private const byte DivClass64 = 0x37;
    private const byte DivClass32 = 0x34;
    private const byte ModClass64 = 0x97;
    private const byte ModClass32 = 0x94;
    private const byte FromRegister = 0x08;

    private static readonly byte[] s_opcodes = [DivClass64, DivClass32, ModClass64, ModClass32];

    private static readonly ulong[] s_values =
    [
        0, 1, 2, 7, ulong.MaxValue, ulong.MaxValue - 6, 0x8000_0000_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000, 0xffff_ffff,
        0x1_0000_0000, 0xffff_ffff_8000_0000, 0xdead_beef_0000_0000,
    ];

    private static readonly int[] s_immediates = [0, 1, 2, 3, 7, -1, -2, -7, int.MinValue, int.MaxValue, 1 << 30, 65536, int.MinValue + 1];

    [Test, Combinatorial]
    public void Division_EveryPairOfRegisters_IsTheReferencesAndChangesNothingElse([ValueSource(nameof(s_opcodes))] byte opcode, [Values(0, 1)] short offset)
    {
        for (int pair = 0; pair < 100; pair++)
        {
            (Register dst, Register src) = ((Register)(pair / 10), (Register)(pair % 10));
            Compare(new Instruction((byte)(opcode | FromRegister), dst, src, offset, 0), dst, src);
        }
    }

    [Test, Combinatorial]
    public void Division_ByEveryImmediate_IsTheReferencesAndChangesNothingElse([ValueSource(nameof(s_opcodes))] byte opcode, [Values(0, 1)] short offset)
    {
        foreach (int immediate in s_immediates)
        {
            for (var dst = Register.R0; dst < Register.R10; dst++)
            {
                Compare(new Instruction(opcode, dst, Register.R0, offset, immediate), dst, src: null);
            }
        }
    }

    [TestCase(false, 0)]
    [TestCase(true, 1)]
    public void Division_OfR6_SavesR0AndR3OnlyForThoseWhoReadThem(bool showsRegisters, int saves)
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        ReadOnlySpan<Instruction> program = Assembler.Assemble("r6 = 7\nr7 = 2\nr6 /= r7\nr0 = 1\nr0 = r6\nexit").Instructions.AsSpan();
        using X64Program compiled = X64Program.TryLoad(
            new BpfProgram([.. program]), [], dataBytes: 0, JitOptions.Trusted with { ShowsRegisters = showsRegisters }, out _)!; // it is valid
        Iced.Intel.Register[] scratch = [Iced.Intel.Register.R9, Iced.Intel.Register.R11];
        Assert.That(Disassembly.Of(compiled.Code).Count(each => scratch.Contains(each.Op0Register)), Is.EqualTo(saves), "r0 is written afterwards");
    }

    private static void Compare(Instruction division, Register dst, Register? src)
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        Compare(division, Program(division, [Store(Register.R0), .. Enumerable.Range(1, 9).Select(n => Store((Register)n))]), dst, src, JitOptions.Checked);
        Instruction result = new(0xbf, Register.R0, dst, 0, 0);
        Compare(division, Program(division, dst == Register.R0 ? [] : [result]), dst, src, JitOptions.Trusted);
    }

    private static void Compare(Instruction division, Instruction[] program, Register dst, Register? src, JitOptions options)
    {
        using IMachineProgram reference = Engine.Reference.Load(program, [], ProgramType.Unspecified, dataBytes: 80, out _)!; // it is valid
        using var compiled = X64Program.TryLoad(new BpfProgram([.. program]), [], dataBytes: 80, options, out _)!; // as above
        Span<byte> data = stackalloc byte[80];
        for (int n = 0; n < 10; n++) BinaryPrimitives.WriteUInt64LittleEndian(data[(8 * n)..], 0x1111_1111_1111_1111 * (ulong)(n + 1));
        foreach (ulong a in s_values)
        {
            foreach (ulong b in src is null ? [0ul] : s_values)
            {
                if (src is { } divisor) BinaryPrimitives.WriteUInt64LittleEndian(data[(8 * (int)divisor)..], b);
                BinaryPrimitives.WriteUInt64LittleEndian(data[(8 * (int)dst)..], a);
                Run(reference, data);
                Run(compiled, data);
                bool agree = reference.Memory.Machine->Registers[0] == compiled.Memory.Machine->Registers[0] && Stack(reference).SequenceEqual(Stack(compiled));
                if (!agree) Assert.Fail($"{division}, {options}: {a:x} by {b:x}: expected {End(reference)}, got {End(compiled)}");
            }
        }
    }

    /// <summary>Registers come from memory, r1, which points to it, as the last.</summary>
    private static Instruction[] Program(Instruction division, Instruction[] rest) =>
    [
        .. Enumerable.Range(0, 10).Where(n => n != 1).Append(1).Select(n => new Instruction(0x79, (Register)n, Register.R1, (short)(8 * n), 0)),
        division,
        .. rest,
        new(0x95, Register.R0, Register.R0, 0, 0),
    ];

    private static Instruction Store(Register register) => new(0x7b, Register.R10, register, (short)(-8 * ((int)register + 1)), 0);

    private static void Run(IMachineProgram program, ReadOnlySpan<byte> data)
    {
        program.Prepare(data, budget: 1000);
        program.RunPrepared();
    }

    private static ReadOnlySpan<byte> Stack(IMachineProgram program) =>
        new(program.Memory.Machine->Regions[program.Memory.Machine->FirstStack].Base + MachineLimits.StackBytes - 80, 80);

    private static string End(IMachineProgram program) =>
        $"{program.Memory.Machine->Status} {program.Memory.Machine->Registers[0]:x} {Convert.ToHexString(Stack(program))}";
}
