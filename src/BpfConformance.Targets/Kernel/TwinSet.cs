using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The twins of a build's programs, by index, and all of one shape: a tail call leads from one to the other.</summary>
internal sealed class TwinSet
{
    private readonly KernelBuild _build;
    private readonly ImmutableArray<Twin> _twins;

    /// <summary>As the gate has them: without prologues, one behind the other.</summary>
    private readonly BpfProgram _row;

    private TwinSet(KernelBuild build, ImmutableArray<Twin> twins)
    {
        (_build, _twins) = (build, twins);
        _row = BpfProgram.InARow([.. twins.Zip(build.Parts, (twin, part) => (part.Part.Name, build.Request.Program with
        {
            Instructions = twin.WithoutPrologue,
            Type = part.Part.Type,
            AttachType = part.Part.AttachType,
        }))]);
    }

    public TwinShape Shape => _twins[0].Shape;

    /// <summary>What the gate loads: the twins with the map for results after the case's.</summary>
    public LoadRequest ForGate => _build.Request with { Program = _row, Maps = _build.Request.Maps.Add(ResultsLayout.DefinitionFor(_build.Request)) };

    /// <summary>Builds the twins, or returns <c>null</c> and says why one cannot be.</summary>
    /// <param name="build">Its programs were accepted.</param>
    /// <param name="shape">How much they are to show.</param>
    /// <param name="hasLongJump">Whether JA with a 32-bit distance may be used (v4).</param>
    /// <param name="problem">Empty when they were built.</param>
    public static TwinSet? Build(KernelBuild build, TwinShape shape, bool hasLongJump, out string problem)
    {
        var twins = ImmutableArray.CreateBuilder<Twin>(build.Parts.Length);
        foreach (KernelPart part in build.Parts)
        {
            if (part.Twin(ResultsPlace(build, twins.Count), shape, hasLongJump, out problem) is not { } twin) return null;
            twins.Add(twin);
        }

        problem = string.Empty;
        return new TwinSet(build, twins.MoveToImmutable());
    }

    /// <summary>Where a program's results are: in a network several run before anybody looks.</summary>
    public int ResultsPlace(int program) => ResultsPlace(_build, program);

    /// <summary>The request's slot behind one of the gate's; <c>null</c> for the twins' own.</summary>
    public int? OriginalPc(int pc)
    {
        int index = _row.Count - 1;
        while (_row[index].Start > pc) index--;
        return _twins[index].OriginalPc(pc - _row[index].Start) + _build.Parts[index].Part.Start;
    }

    /// <summary>Loads all of them, or none: then <paramref name="problem"/> says why not.</summary>
    /// <param name="target">Where.</param>
    /// <param name="fds">fd_array of the loads.</param>
    /// <param name="problem">Empty when they were loaded.</param>
    public FileDescriptor[]? TryLoad(KernelTarget target, int[] fds, out string problem)
    {
        var programs = new List<FileDescriptor>(_twins.Length);
        for (int index = 0; index < _twins.Length; index++)
        {
            Instruction[] resolved = [.. target.Events.Guard(_build.Parts[index].Part.Type), .. _twins[index].Instructions];
            MapReferences.Resolve(resolved, fds, fds.Length - 1);
            LoadAnswer answer = target.LoadTwin(resolved, _build.Parts[index].Point, fds);
            if (answer.Program is { } program)
            {
                programs.Add(program);
                continue;
            }

            programs.ForEach(loaded => loaded.Dispose());
            problem = "twin rejected: " + VerifierLog.MessageOf(answer.Log, answer.Errno);
            return null;
        }

        problem = string.Empty;
        return [.. programs];
    }

    private static int ResultsPlace(KernelBuild build, int program) => build.Request.HasNetwork ? program * ResultsLayout.Bytes : 0;
}
