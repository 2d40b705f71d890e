using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Interpreter;
using BpfConformance.Jit;
using BpfConformance.Jit.Il;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Tests.Jit;

/// <summary>Loads a program into an engine, or says why there is none.</summary>
internal delegate IMachineProgram? EngineLoad(
    ReadOnlySpan<Instruction> program, ImmutableArray<MapDefinition> maps, ProgramType type, int dataBytes, out ValidationError? error);

/// <summary>The same of several programs in a row.</summary>
internal delegate IMachineProgram? ProgramsLoad(BpfProgram program, ImmutableArray<MapDefinition> maps, int dataBytes, out ValidationError? error);

/// <summary>An engine that tests compare with others, in one way to run it.</summary>
internal sealed record Engine(string Name, bool IsChecked, EngineLoad Load)
{
    /// <summary>The reference without provenance: it, too, goes on with what was never written.</summary>
    public static Engine Reference { get; } = new("reference", IsChecked: true, One(LoadReference));

    /// <summary>What is held against it, with all registers shown.</summary>
    public static ImmutableArray<Engine> Compiled { get; } =
    [
        Il("il", JitOptions.Checked),
        Il("il, trusted", JitOptions.Trusted with { ShowsRegisters = true }),
        X64("x64", JitOptions.Checked),
        X64("x64, trusted", JitOptions.Trusted with { ShowsRegisters = true }),
    ];

    /// <summary>The compilers, each to be asked for code with some options.</summary>
    public static ImmutableArray<Compiler> Compilers { get; } = [new("il", IlProgram.WhyUnavailable, Il), new("x64", X64Program.WhyUnavailable, X64)];

    /// <summary>The same, and one without the shifts of BMI2.</summary>
    public static ImmutableArray<Compiler> CompilersOfAllKinds { get; } = [.. Compilers, new("x64 without BMI2", X64Program.WhyUnavailable, options => X64(options, hasShifts: false))];

    /// <summary>The reference, for several programs.</summary>
    public static IMachineProgram? LoadReference(BpfProgram program, ImmutableArray<MapDefinition> maps, int dataBytes, out ValidationError? error) =>
        InterpretedProgram.TryLoad(program, maps, dataBytes, HandlerTable.Checked, out error);

    /// <summary>For those that have one program.</summary>
    public static EngineLoad One(ProgramsLoad load) =>
        (ReadOnlySpan<Instruction> program, ImmutableArray<MapDefinition> maps, ProgramType type, int dataBytes, out ValidationError? error) =>
            load(new BpfProgram([.. program], type), maps, dataBytes, out error);

    private static Engine Il(string name, JitOptions options) => new(name, options.IsChecked, One(Il(options)));

    private static ProgramsLoad Il(JitOptions options) =>
        (BpfProgram program, ImmutableArray<MapDefinition> maps, int dataBytes, out ValidationError? error) =>
            IlProgram.TryLoad(program, maps, dataBytes, options, out error);

    private static Engine X64(string name, JitOptions options) => new(name, options.IsChecked, One(X64(options)));

    private static ProgramsLoad X64(JitOptions options) =>
        (BpfProgram program, ImmutableArray<MapDefinition> maps, int dataBytes, out ValidationError? error) =>
            X64Program.TryLoad(program, maps, dataBytes, options, out error);

    private static ProgramsLoad X64(JitOptions options, bool hasShifts) =>
        (BpfProgram program, ImmutableArray<MapDefinition> maps, int dataBytes, out ValidationError? error) =>
            X64Program.TryLoad(program, maps, dataBytes, options, hasShifts, out error);
}

/// <summary>A compiler by name.</summary>
internal sealed record Compiler(string Name, Func<string?> WhyUnavailable, Func<JitOptions, ProgramsLoad> WithSeveral)
{
    public EngineLoad With(JitOptions options) => Engine.One(WithSeveral(options));

    public override string ToString() => Name;
}
