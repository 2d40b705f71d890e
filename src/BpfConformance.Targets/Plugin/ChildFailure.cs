namespace BpfConformance.Targets.Plugin;

/// <summary>What a child did instead of answering.</summary>
public enum FailureKind
{
    /// <summary>It ended, closed its output, or sent what is no answer.</summary>
    Broke,

    /// <summary>Somebody else ended it: asked again, another child may well answer.</summary>
    WasKilled,

    /// <summary>It took too long.</summary>
    TookTooLong,

    /// <summary>It said itself that something around it is not as it should be, or no child could be started.</summary>
    Trouble,
}

/// <summary>Why there is no answer. Except after trouble, the child is gone.</summary>
/// <param name="Kind">What it did.</param>
/// <param name="Message">One sentence, then what it said on its standard error.</param>
public sealed record ChildFailure(FailureKind Kind, string Message)
{
    /// <summary>Of trouble: whether the machine that it asked broke.</summary>
    public bool IsCrash { get; init; }
}
