using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The twins of a case, in the kernel and in the gate. They are made at the first run, as many programs are only loaded.</summary>
internal sealed class LoadedTwins(KernelTarget target, KernelBuild build, GateRun gate) : IDisposable
{
    private TwinSet? _set;

    /// <exception cref="InvalidOperationException">There are none.</exception>
    public TwinSet Set => _set ?? throw new InvalidOperationException("no twins were loaded");

    /// <summary>By index.</summary>
    public FileDescriptor[] Programs { get; private set; } = [];

    /// <summary>What their loads took, together.</summary>
    public LoadCost Cost => Programs.Aggregate(new LoadCost(0, 0), (sum, program) => sum + ProgramInfo.Of(program).Cost);

    /// <summary>What they do not show; empty: nothing.</summary>
    public string Remark { get; private set; } = string.Empty;

    /// <summary>Loads them here and in the gate, ones that show less if need be, or returns why there are none.</summary>
    public string? Load()
    {
        if (Load(TwinShape.AllRegisters) is not { } problem) return null;
        Remark = $"r6–r9 were not compared: {problem.Split('\n', 2)[0]}";
        return Load(TwinShape.ResultOnly);
    }

    /// <summary>Loads them again here, with the maps that there are now, or returns why not.</summary>
    public string? LoadAgain()
    {
        FileDescriptor[]? programs = Set.TryLoad(target, build.Fds, out string problem);
        Dispose();
        target.CheckHealth(build.Request.Program);
        if (programs is null) return problem;
        Programs = programs;
        build.Maps.Fill(programs);
        return null;
    }

    public void Dispose()
    {
        foreach (FileDescriptor program in Programs) program.Dispose();
        Programs = [];
    }

    private string? Load(TwinShape shape)
    {
        _set = TwinSet.Build(build, shape, target.Capabilities.Cpu >= CpuVersion.V4, out string problem);
        return _set is null ? "no twin: " + problem : gate.Load(_set) ?? LoadAgain();
    }
}
