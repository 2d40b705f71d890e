namespace BpfConformance.Engine.Targets;

/// <summary>
/// A step that user space takes between runs. It is observed like a run: r0 is 0 or a negated errno, and the data afterwards are what it
/// has got.
/// </summary>
public abstract record UserStep;
