using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Campaigns;

/// <summary>
/// Tells the first finding of each kind: at once as it was seen, and once more with what a filer makes of it. Filing runs what has just
/// been found wrong, for long: it may end this process, and the finding is told all the same.
/// </summary>
/// <param name="filer">Who says what kind of finding it is.</param>
/// <param name="journal">Where it stands that a case is filed.</param>
/// <param name="tell">Told of it.</param>
internal sealed class FindingDesk(IFindingFiler filer, CaseJournal journal, Action<WorkerMessage> tell)
{
    private static readonly PlainFiler s_plain = new();

    private readonly Dictionary<FindingSignature, string> _known = [];

    /// <summary>The slug of its kind.</summary>
    public string SlugOf(CaseId id, Experiment experiment, Finding finding)
    {
        journal.BeginFiling();
        FindingSignature signature = Of(() => filer.SignatureOf(experiment, finding), _ => s_plain.SignatureOf(experiment, finding));
        if (!_known.TryGetValue(signature, out string? slug))
        {
            _known.Add(signature, slug = signature.Slug);
            FoundCase plain = s_plain.File(id, experiment, finding, signature);
            tell(new CaseFound(plain));
            FoundCase filed = Of(() => filer.File(id, experiment, finding, signature), problem => plain with { WhyNotFiled = $"the filer failed: {problem.GetType().Name}: {StackText.MessageOf(problem)}\n{StackText.Of(problem)}" });
            if (filed.State != FilingState.Left) tell(Fitting(filed));
        }

        journal.EndFiling();
        return slug;
    }

    /// <summary>Without the longest files of a finding that is longer than a message; what is left does not stand for it, as its page names them.</summary>
    private static CaseFound Fitting(FoundCase filed)
    {
        var found = new CaseFound(filed);
        while (found.ToLine().Length >= WorkerMessage.MaxLength && !found.Case.Files.IsEmpty)
        {
            string longest = found.Case.Files.MaxBy(file => file.Value.Length).Key;
            found = new CaseFound(found.Case with { Files = found.Case.Files.Remove(longest), WhyNotFiled = $"{longest} is longer than what a worker can say" });
        }

        return found;
    }

    private static T Of<T>(Func<T> work, Func<Exception, T> otherwise)
    {
        try
        {
            return work();
        }
#pragma warning disable CA1031 // a defect of a filer is none of the case
        catch (Exception problem)
#pragma warning restore CA1031
        {
            return otherwise(problem);
        }
    }
}
