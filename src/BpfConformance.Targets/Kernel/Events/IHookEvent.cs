using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>
/// What happens at hooks of one kind, by system calls of this thread. What a context had in it is seen there, so no event has to know all
/// that the kernel makes of its calls.
/// </summary>
internal interface IHookEvent
{
    /// <summary>Whether this thread comes to such hooks by itself too, so that nothing may stay attached there.</summary>
    bool HappensAnyway => false;

    /// <summary>
    /// Whether the kernel leaves programs out where it has been interrupted in another one, or in a system call on a map (kernel/bpf/syscall.c,
    /// 6.18, <c>bpf_disable_instrumentation</c>): then the event is to be caused again.
    /// </summary>
    bool CanBeMissed => false;

    /// <summary>How many bytes its contexts have; <c>null</c>: as many as their structure.</summary>
    int? KnownBytes => null;

    /// <summary>What programs are attached to, after <see cref="Prepare"/>.</summary>
    HookPlace Place => new HookPlace.Group();

    /// <summary>What the kernel can have against a program there that it has loaded; <c>null</c>: nothing.</summary>
    string? WhyRefused => null;

    /// <summary>Puts in what the event has where the case gives nothing.</summary>
    void Complete(WantedContext wanted);

    /// <summary>Why nothing causes such a context, or <c>null</c>. It is complete.</summary>
    string? WhyNot(WantedContext wanted);

    /// <summary>Makes what the event needs, before anything is attached.</summary>
    /// <exception cref="Engine.Targets.TargetException">The kernel does not make it.</exception>
    void Prepare(WantedContext wanted)
    {
    }

    /// <summary>Causes it, once.</summary>
    /// <returns>What a system call answered, so that it may not have come to the event; <c>null</c>: all succeeded.</returns>
    CallFailure? Cause(WantedContext wanted);

    /// <summary>Undoes what is left of it for others to see, after everything is detached where <see cref="HappensAnyway"/>.</summary>
    /// <exception cref="Engine.Targets.TargetException">That is refused.</exception>
    void Restore(WantedContext wanted)
    {
    }
}
