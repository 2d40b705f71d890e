using System.Reflection.Emit;

namespace BpfConformance.Jit.Il;

/// <summary>One function of a program and the method that it becomes: the program itself, or what local calls lead to.</summary>
/// <param name="Entry">Its first pc.</param>
/// <param name="IsMain">Whether it is the program, which nobody calls; a program that calls itself is two functions.</param>
/// <param name="Slots">The pcs of its instructions, ascending: those that control reaches from the entry without a call.</param>
/// <param name="Method">What is emitted.</param>
internal sealed record LocalFunction(int Entry, bool IsMain, int[] Slots, DynamicMethod Method)
{
    /// <summary>Whether anything names r10: only then can there be a pointer to its frame.</summary>
    public required bool UsesFrame { get; init; }
}
