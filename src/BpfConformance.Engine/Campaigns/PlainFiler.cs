using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Engine.Campaigns;

/// <summary>Tells findings apart by what oracles say, and keeps the case as it was generated.</summary>
public sealed class PlainFiler : IFindingFiler
{
    public FindingSignature SignatureOf(Experiment experiment, Finding finding) => new(finding.Oracle, finding.Target, string.Empty, $"{finding.Facet}");

    public FoundCase File(CaseId id, Experiment experiment, Finding finding, FindingSignature signature)
    {
        string where = finding.Input is { } input ? InputText.Of(experiment.Case, input) : "load";
        string slot = finding.Pc is { } pc ? $" (pc {pc})" : string.Empty;
        return new FoundCase(signature, id, $"{where}: expected {finding.Expected}, got {finding.Got}{slot}{(finding.Stack.Length > 0 ? $"\n{finding.Stack}" : string.Empty)}", Hex((finding.Variant ?? experiment.Case).Program));
    }

    private static string Hex(BpfProgram program) =>
        program.Instructions.Length * Abi.Instructions.Instruction.SizeBytes <= FoundCase.MaxProgramBytes ? Convert.ToHexStringLower(program.ToBytes()) : string.Empty;
}
