using System.Collections.Immutable;
using System.Runtime.Intrinsics.X86;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Jit.X64;
using BpfConformance.Mutants;
using BpfConformance.Mutants.Scoring;
using BpfConformance.Runtime.Execution;
using BpfConformance.Targets;
using BpfConformance.Targets.InProcess;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>Every bug on every engine that can have it.</summary>
internal static unsafe class DefectCatalogue
{
    private const string OfReference = "reference";
    private const string OfIl = "il";
    private const string OfX64 = "x64";
    private const int PageBytes = 4096;

    public static ImmutableArray<DefectiveEngine> All { get; } =
    [
        Mutants("I01", "add32-imm/sign-extends", "add32-reg/sign-extends", "sub32-imm/sign-extends", "sub32-reg/sign-extends", "mul32-imm/sign-extends", "mul32-reg/sign-extends"),
        Il<SignExtends<AddSubMul, FunctionWriter>>("I01"),
        X64<SignExtends<AddSubMul, X64Compiler>>("I01"),
        Mutants("I02", "jgt64-imm/zero-extends-immediate", "jge64-imm/zero-extends-immediate", "jlt64-imm/zero-extends-immediate", "jle64-imm/zero-extends-immediate"),
        Il<ZeroExtendsImmediateIl>("I02"),
        X64<ZeroExtendsImmediateX64>("I02"),
        Handlers("I03", ("div32-reg", ReferenceDefects.Div32)),
        Il<TestsWholeDivisorIl>("I03"),
        X64<TestsWholeDivisorX64>("I03"),
        Handlers("I04", ("div32-reg", ReferenceDefects.Div32), ("mod32-reg", ReferenceDefects.Mod32)),
        Mutants("I05", "lsh32-imm/masks-by-63", "lsh32-reg/masks-by-63", "rsh32-imm/masks-by-63", "rsh32-reg/masks-by-63"),
        Il<ShiftsIn64Bits<FunctionWriter>>("I05"),
        Mutants("I06", "arsh32-imm/does-not-mask", "arsh32-reg/does-not-mask", "arsh64-imm/does-not-mask", "arsh64-reg/does-not-mask"),
        Il<ShiftsAllOutIl>("I06"),
        Mutants("I07", "mov32-imm/sign-extends"),
        Il<MovesExtendedImmediate<FunctionWriter>>("I07"),
        X64<MovesExtendedImmediate<X64Compiler>>("I07"),
        Mutants("I08", "atomic-cmpxchg32/answers-success", "atomic-cmpxchg64/answers-success"),
        Il<AnswersSuccessIl>("I08"),
        X64<AnswersSuccessX64>("I08"),
        Handlers("I09", ("lddw-imm", ReferenceDefects.LoadImm64)),
        Il<SignExtendsLowWord<FunctionWriter>>("I09"),
        X64<SignExtendsLowWord<X64Compiler>>("I09"),
        Handlers(
            "I11",
            ("sdiv32-imm", ReferenceDefects.SignedQuotient<int, FromImmediate>), ("sdiv32-reg", ReferenceDefects.SignedQuotient<int, FromRegister>),
            ("sdiv64-imm", ReferenceDefects.SignedQuotient<long, FromImmediate>), ("sdiv64-reg", ReferenceDefects.SignedQuotient<long, FromRegister>),
            ("smod32-imm", ReferenceDefects.SignedRemainder<int, FromImmediate>), ("smod32-reg", ReferenceDefects.SignedRemainder<int, FromRegister>),
            ("smod64-imm", ReferenceDefects.SignedRemainder<long, FromImmediate>), ("smod64-reg", ReferenceDefects.SignedRemainder<long, FromRegister>)),
        Il<DividesByMinusOneIl>("I11"),
        X64<DividesByMinusOneX64>("I11"),
        Handlers("I14", ("ldx16", ReferenceDefects.Load<ushort>), ("ldx32", ReferenceDefects.Load<uint>), ("ldx64", ReferenceDefects.Load<ulong>)),
        Il<WrapsBoundIl>("I14") with { BreaksProcess = true },
        Handlers(
            "I16",
            ("lsh32-imm", ReferenceDefects.Shift32<Lsh>), ("lsh64-imm", ReferenceDefects.Shift64<Lsh>), ("rsh32-imm", ReferenceDefects.Shift32<Rsh>),
            ("rsh64-imm", ReferenceDefects.Shift64<Rsh>), ("arsh32-imm", ReferenceDefects.Shift32<Arsh>), ("arsh64-imm", ReferenceDefects.Shift64<Arsh>)),
        Engine("X01", OfIl, TakingImmediates(JitLoaders.Il(JitOptions.Checked))),
        Engine("X01", OfX64, TakingImmediates(JitLoaders.X64(JitOptions.Checked))),
        X64<SquaresForZero<X64Compiler>>("X02"),
        Engine("X04", OfX64, InOnePage),
        X64<LosesRcx<X64Compiler>>("X05") with { BreaksProcess = true },
        X64<MovesWholeRegister<X64Compiler>>("X07"),
        X64<SignExtends<MulSDiv, X64Compiler>>("X08"),
        X64<OmitsDisplacementX64>("X09") with { BreaksProcess = true },
        X64<SwapsWrongRegisterX64>("X11") with { BreaksProcess = true },
        X64<StoresHighByteX64>("X12"),
        X64<MovesUnsignedAsSigned<X64Compiler>>("X14"),
        X64<MisalignsStackX64>("X15") with { BreaksProcess = true },
        IlBy<EndsAtForeignCode<FunctionWriter>>("X16"),
        X64By<EndsAtForeignCode<X64Compiler>>("X16"),
        X64<ChecksInR4<X64Compiler>>("X18") with { BreaksProcess = true },
        Il<MixesWordsIl>("A01"),
        X64<MixesWordsX64>("A01"),
        Il<TestsUpperBits<FunctionWriter>>("A02a"),
        X64<TestsUpperBits<X64Compiler>>("A02a"),
        Il<TestsInPlace<FunctionWriter>>("A02b"),
        X64<TestsInPlace<X64Compiler>>("A02b"),
        Il<ComparesLowWordsSignedIl>("A03"),
        X64<LoadsLowHalfX64>("A04"),
        X64<WrapsDisplacementX64>("A06"),
        Il<KeepsUpperHalfIl>("A08"),
        X64<KeepsUpperHalfX64>("A08"),
        Handlers("A10", ("sub64-imm", ReferenceDefects.Sub64)),
        X64<AddsNegated<X64Compiler>>("A10"),
        X64<AddsNegated<X64Compiler>>("A11"),
        X64<ClearsAfterSwap<X64Compiler>>("A14"),
        Il<NegatesSource<FunctionWriter>>("A15"),
        X64<NegatesSource<X64Compiler>>("A15"),
        Mutants("V08", "mod32-reg/keeps-upper-half-for-zero"),
        Handlers("V18", ("call-helper", ReferenceDefects.CallHelper)),
        new("P04", OfReference, name => new MutantTarget(name, HandlerTable.Sanitized.With(InstructionTable.Named("exit"), ReferenceDefects.Exit))),
    ];

    /// <summary>The engines without a bug: who finds something on one has found nothing on the others either.</summary>
    public static ImmutableArray<DefectiveEngine> Controls { get; } =
    [
        Reference("none", () => HandlerTable.Checked),
        Engine("none", OfIl, JitLoaders.Il(JitOptions.Checked)),
        Engine("none", OfX64, JitLoaders.X64(JitOptions.Checked)),
    ];

    public static DefectiveEngine Named(string name) => All.Single(engine => engine.Name == name);

    private static DefectiveEngine Mutants(string bug, params string[] mutants) => Reference(
        bug, () => mutants.Aggregate(HandlerTable.Checked, (handlers, name) => MutantCatalogue.All.Single(mutant => mutant.Name == name).AddTo(handlers)));

    private static DefectiveEngine Handlers(string bug, params (string Row, Handler Handler)[] handlers) => Reference(
        bug, () => handlers.Aggregate(HandlerTable.Checked, (table, handler) => table.With(InstructionTable.Named(handler.Row), handler.Handler)));

    private static DefectiveEngine Reference(string bug, Func<HandlerTable> handlers) =>
        new(bug, OfReference, name => new MutantTarget(name, handlers())) { CreateSound = () => new MutantTarget(OfReference, HandlerTable.Checked) };

    private static DefectiveEngine Il<TDefect>(string bug)
        where TDefect : struct, IDefect<FunctionWriter> => IlBy<Through<TDefect, FunctionWriter>>(bug);

    private static DefectiveEngine IlBy<TDelivery>(string bug)
        where TDelivery : struct, IDelivery<FunctionWriter> => Engine(
            bug, OfIl, (LoadRequest request, out ValidationError? error) => IlProgram.TryLoad(
                request.Program, request.Maps, request.DataBytes, JitOptions.Checked, FunctionWriter.Write<TDelivery>, out error));

    private static DefectiveEngine X64<TDefect>(string bug)
        where TDefect : struct, IDefect<X64Compiler> => X64By<Through<TDefect, X64Compiler>>(bug);

    private static DefectiveEngine X64By<TDelivery>(string bug)
        where TDelivery : struct, IDelivery<X64Compiler> => Engine(
            bug, OfX64, (LoadRequest request, out ValidationError? error) => X64Program.TryLoad(
                request.Program, request.Maps, request.DataBytes, JitOptions.Checked, Bmi2.X64.IsSupported, X64Compiler.Compile<TDelivery>, out error));

    private static DefectiveEngine Engine(string bug, string engine, EngineLoader load) =>
        new(bug, engine, name => new InProcessTarget(name, CapabilitiesOf(engine), load));

    private static TargetCapabilities CapabilitiesOf(string engine)
    {
        using IExecutionTarget sound = TargetRegistry.Find(engine)!.Create(); // its name is one of the registry's
        return sound.Capabilities;
    }

    /// <summary>X01: divisions by a register whose immediate is not 0 are taken for those by the immediate; others are refused.</summary>
    private static EngineLoader TakingImmediates(EngineLoader load) => (LoadRequest request, out ValidationError? error) =>
    {
        BpfProgram program = request.Program with { Instructions = [.. request.Program.Instructions.Select(WithImmediate)] };
        return load(request with { Program = program }, out error);
    };

    private static Instruction WithImmediate(Instruction i)
    {
        const byte div32 = 0x3c;
        const byte div64 = 0x3f;
        const byte mod32 = 0x9c;
        const byte mod64 = 0x9f;
        return i is { Opcode: div32 or div64 or mod32 or mod64, Immediate: not 0 }
            ? i with { Opcode = (byte)(i.Opcode & ~Opcodes.SourceRegister), Registers = (byte)i.Dst }
            : i;
    }

    /// <summary>X04: what lies behind the page is a canary, which code must not reach.</summary>
    private static IMachineProgram? InOnePage(LoadRequest request, out ValidationError? error)
    {
        var program = (X64Program?)JitLoaders.X64(JitOptions.Checked)(request, out error);
        if (program is null || program.Code.Length <= PageBytes) return program;
        int bytes = program.Code.Length;
        program.Dispose();
        throw new InvalidOperationException($"{bytes} bytes of code overwrite the canary behind a page");
    }
}
