using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Loading.Assembly;

/// <summary>What the assembler made of a text.</summary>
/// <param name="Instructions">The slots; a wide instruction has two.</param>
/// <param name="Lines">The 1-based line that each slot comes from.</param>
public sealed record AssembledProgram(ImmutableArray<Instruction> Instructions, ImmutableArray<int> Lines);
