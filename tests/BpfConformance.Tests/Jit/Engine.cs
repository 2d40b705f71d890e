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

/// <summary>An engine that tests compare with others, in one way to run it.</summary>
internal sealed record Engine(string Name, bool IsChecked, EngineLoad Load)
{
    /// <summary>The reference without provenance: it, too, goes on with what was never written.</summary>
    public static Engine Reference { get; } = new("reference", IsChecked: true, (ReadOnlySpan<Instruction> program, ImmutableArray<MapDefinition> maps, ProgramType type, int dataBytes, out ValidationError? error) =>
        InterpretedProgram.TryLoad(new BpfProgram([.. program], type), maps, dataBytes, HandlerTable.Checked, out error));

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

    private static Engine Il(string name, JitOptions options) => new(name, options.IsChecked, Il(options));

    private static EngineLoad Il(JitOptions options) =>
        (ReadOnlySpan<Instruction> program, ImmutableArray<MapDefinition> maps, ProgramType type, int dataBytes, out ValidationError? error) =>
            IlProgram.TryLoad(new BpfProgram([.. program], type), maps, dataBytes, options, out error);

    private static Engine X64(string name, JitOptions options) => new(name, options.IsChecked, X64(options));

    private static EngineLoad X64(JitOptions options) =>
        (ReadOnlySpan<Instruction> program, ImmutableArray<MapDefinition> maps, ProgramType type, int dataBytes, out ValidationError? error) =>
            X64Program.TryLoad(new BpfProgram([.. program], type), maps, dataBytes, options, out error);
}

/// <summary>A compiler by name.</summary>
internal sealed record Compiler(string Name, Func<string?> WhyUnavailable, Func<JitOptions, EngineLoad> With)
{
    public override string ToString() => Name;
}
