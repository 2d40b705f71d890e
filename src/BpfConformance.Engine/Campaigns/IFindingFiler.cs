using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Says of what kind a finding is, and what is kept of it. It may run the case again, on machines of its own.</summary>
public interface IFindingFiler
{
    FindingSignature SignatureOf(Experiment experiment, Finding finding);

    /// <summary>Asked of the first finding of a kind, which is told already. It may take long, and fail.</summary>
    FoundCase File(CaseId id, Experiment experiment, Finding finding, FindingSignature signature);
}
