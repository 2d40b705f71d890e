namespace BpfConformance.Jit;

/// <summary>What code a compiler emits besides the program itself.</summary>
/// <param name="IsChecked">Each access of memory proves its region. Without, only what a verifier accepted may run; programs that may touch a context are checked all the same, as only that tells one from memory.</param>
/// <param name="IsMetered">Instructions are counted, and a run ends when its budget is used up.</param>
/// <param name="ShowsRegisters">All of r0–r9 are right when the program returns; else only r0, and what nobody reads is not computed.</param>
public readonly record struct JitOptions(bool IsChecked, bool IsMetered, bool ShowsRegisters)
{
    /// <summary>For comparisons, and for programs that nobody has verified.</summary>
    public static JitOptions Checked => new(IsChecked: true, IsMetered: true, ShowsRegisters: true);

    /// <summary>For speed.</summary>
    public static JitOptions Trusted => default;

    /// <summary>The same for programs that may touch a context, or may not.</summary>
    internal JitOptions For(ProgramContexts? contexts) => contexts is null ? this : this with { IsChecked = true };
}
