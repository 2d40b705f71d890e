using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.X64;

/// <inheritdoc cref="X64Compiler.Compile{TDelivery}"/>
internal delegate Workspace CodeCompiler(
    ReadOnlySpan<Instruction> program, MachineMemory memory, ControlFlow flow, ProgramContexts? contexts, JitOptions options, bool hasShifts);
