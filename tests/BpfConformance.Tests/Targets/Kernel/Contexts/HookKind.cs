namespace BpfConformance.Tests.Targets.Kernel.Contexts;

/// <summary>How the programs of a hook come to be run on a kernel.</summary>
internal enum HookKind
{
    /// <summary>By TEST_RUN.</summary>
    Driven,

    /// <summary>By system calls, at a control group.</summary>
    OfGroup,

    /// <summary>By perf events, or at the tracepoint itself.</summary>
    OfProbe,
}
