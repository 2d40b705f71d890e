using BpfConformance.Abi.Validation;

namespace BpfConformance.Engine.Targets;

public enum VerdictKind
{
    Accepted,
    Rejected,

    /// <summary>The machine cannot be asked: it lacks an instruction, a type, or permission.</summary>
    Unsupported,

    /// <summary>Trouble of the environment while asking: nothing follows about the program.</summary>
    Inconclusive,

    /// <summary>The machine broke while asked: always a finding.</summary>
    Crashed,
}

/// <summary>What a machine says of a program at load.</summary>
/// <param name="Kind">The decision.</param>
/// <param name="Reason">Its class; <see cref="ReasonClass.None"/> when accepted.</param>
/// <param name="Message">The machine's own words; empty when accepted.</param>
/// <param name="Pc">The slot it complains about; <c>null</c>: it did not say.</param>
/// <param name="Errno">The system call's error; <c>null</c>: no system call.</param>
public sealed record Verdict(VerdictKind Kind, ReasonClass Reason, string Message, int? Pc = null, int? Errno = null)
{
    /// <summary>Its reason, and its words if there are any.</summary>
    public string Text => Message.Length == 0 ? $"{Reason}" : $"{Reason}: {Message}";

    public static Verdict Accepted { get; } = new(VerdictKind.Accepted, ReasonClass.None, string.Empty);

    public static Verdict Rejected(ReasonClass reason, string message, int? pc = null, int? errno = null) =>
        new(VerdictKind.Rejected, reason, message, pc, errno);

    public static Verdict Unsupported(ReasonClass reason, string message, int? pc = null) =>
        new(VerdictKind.Unsupported, reason, message, pc);

    public static Verdict Inconclusive(string message) => new(VerdictKind.Inconclusive, ReasonClass.None, message);

    public static Verdict Crashed(string message) => new(VerdictKind.Crashed, ReasonClass.None, message);
}
