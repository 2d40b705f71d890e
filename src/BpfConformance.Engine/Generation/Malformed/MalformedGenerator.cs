using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation.Malformed;

/// <summary>Programs with one thing in them that no decoder may let through, and now and then slots of any bits. They state nothing: all must say the same.</summary>
public sealed class MalformedGenerator : IProgramGenerator
{
    private const int DataBytes = 16;

    private delegate void Breakage(MalformedDraft draft, ref Entropy entropy);

    // What there is more of stands there more often: each form has fields of its own.
    private static readonly ImmutableArray<(string Name, Breakage Break)> s_breakages =
    [
        .. Enumerable.Repeat<(string, Breakage)>(("field", FieldBreakages.Field), 16),
        .. Enumerable.Repeat<(string, Breakage)>(("raw", RawSlots.Replace), 3),
        .. Enumerable.Repeat<(string, Breakage)>(("leads-out", FlowBreakages.LeadsOut), 2),
        ("opcode", FieldBreakages.Opcode),
        ("second-slot", FieldBreakages.SecondSlot),
        ("truncated-wide", FlowBreakages.TruncatedWide),
        ("into-wide", FlowBreakages.LeadsIntoWide),
        ("falls-off-end", FlowBreakages.FallsOffEnd),
        ("unreachable", FlowBreakages.Unreachable),
        ("empty", FlowBreakages.Empty),
        ("helper", NameBreakages.Helper),
        ("kernel-function", NameBreakages.Function),
        ("object", NameBreakages.Object),
    ];

    private (GeneratorLimits Limits, MalformedDraft Draft)? _last; // the limits that were asked last mostly are the next

    public string Name => "malformed";

    public TestCase Next(ref Entropy entropy, GeneratorLimits limits)
    {
        MalformedDraft draft = _last is { } last && ReferenceEquals(last.Limits, limits) ? last.Draft : Draft(limits);
        entropy.BeginStep();
        (string name, Breakage breakage) = s_breakages[entropy.Below(s_breakages.Length)];
        draft.Begin(ref entropy);
        entropy.BeginStep();
        breakage(draft, ref entropy);
        return GeneratedCase.Of($"{Name}/{name}", new BpfProgram([.. draft.Slots]), [], new byte[DataBytes]);
    }

    private MalformedDraft Draft(GeneratorLimits limits)
    {
        var draft = new MalformedDraft([.. InstructionTable.Rows.Where(row => limits.Rows[row.Index])]);
        _last = (limits, draft);
        return draft;
    }
}
