using System.Runtime.InteropServices;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>What a system call answered that did not do what it was asked.</summary>
/// <param name="Call">Its name, and what else tells which it was.</param>
/// <param name="Errno">The errno.</param>
internal sealed record CallFailure(string Call, int Errno)
{
    /// <summary>That of the call that has just returned; <c>null</c>: it succeeded.</summary>
    public static CallFailure? Of(nint result, string call) => result >= 0 ? null : new CallFailure(call, Marshal.GetLastPInvokeError());

    /// <summary>For who cannot go on.</summary>
    public TargetException ToException() => new(ToString());

    public override string ToString() => $"{Call}: {Errnos.Name(Errno)}";
}
