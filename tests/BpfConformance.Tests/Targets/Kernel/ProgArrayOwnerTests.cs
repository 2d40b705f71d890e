using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Which two programs of a type may name one array of programs, by the reference and by this kernel.</summary>
[TestFixture]
internal sealed class ProgArrayOwnerTests : KernelFixture
{
    /// <summary>But the one whose programs sleep: such name no arrays of programs (kernel/bpf/verifier.c, 6.18, check_map_prog_compatibility).</summary>
    private static IEnumerable<ProgramType> Types() => LoadedHooks.Types().Where(type => type != ProgramType.Syscall);

    [TestCaseSource(nameof(Types))]
    public void Load_ProgramsForEveryTwoHooksOfAType_IsDecidedAsByTheKernel(ProgramType type)
    {
        using var reference = new ReferenceTarget();
        (AttachType AttachType, int Result)[] hooks =
        [
            .. from row in ProgramTypeTable.Rows
               where row.Type == type
               from attachType in row.AttachTypes.IsEmpty ? [default] : row.AttachTypes.AsEnumerable()
               select (attachType, row.Return.Range.Contains(1) ? 1 : (int)row.Return.Range.Minimum),
        ];
        var differences = new List<string>();
        foreach ((AttachType AttachType, int Result) owner in hooks)
        {
            foreach ((AttachType AttachType, int Result) other in hooks)
            {
                BpfProgram programs = ProgramRow.Of(type, [NamesTheArray(owner.Result), NamesTheArray(other.Result)]);
                programs = programs with { AttachType = owner.AttachType, Others = [programs.Others[0] with { AttachType = other.AttachType }] };
                var request = new LoadRequest(programs, [new MapDefinition("jumps", MapType.ProgArray, 4, 4, 1)], 0);
                (Verdict here, Verdict there) = (VerdictOf(reference, request), VerdictOf(Kernel, request));
                if ((here.Kind, here.Reason) == (there.Kind, there.Reason)) continue;
                differences.Add($"{owner.AttachType}, {other.AttachType}: {here}, the kernel says {there}");
            }
        }

        TestContext.Out.WriteLine($"{hooks.Length} hooks");
        Assert.That(differences, Is.Empty, string.Join('\n', differences));
    }

    private static Instruction[] NamesTheArray(int result) => [.. Wide(1, 1, 0), Move(0, result), Exit];

    private static Verdict VerdictOf(IExecutionTarget target, LoadRequest request)
    {
        LoadResult result = target.Load(request);
        result.Program?.Dispose();
        return result.Verdict;
    }
}
