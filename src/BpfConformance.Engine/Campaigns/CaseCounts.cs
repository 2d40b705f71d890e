using System.Runtime.InteropServices;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Coverage;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Engine.Campaigns;

/// <summary>What is counted of cases: of a range, or of a whole campaign.</summary>
public sealed class CaseCounts
{
    /// <summary>Cases that were given to the targets.</summary>
    public long Programs { get; set; }

    /// <summary>Slots of their programs.</summary>
    public long Slots { get; set; }

    /// <summary>The sum of a hash of each: whoever has the same has had the same cases, in whatever order.</summary>
    public ulong Digest { get; set; }

    /// <summary>By the target's name.</summary>
    public IDictionary<string, TargetCounts> Targets { get; init; } = new Dictionary<string, TargetCounts>();

    /// <summary>Places of <see cref="CoverageMap"/> in programs that every target accepted; of a range those that its worker had not seen before.</summary>
    public ISet<int> Covered { get; init; } = new HashSet<int>();

    /// <summary>How often each kind of finding was seen, by its <see cref="Findings.FindingSignature.Slug"/>.</summary>
    public IDictionary<string, long> Findings { get; init; } = new Dictionary<string, long>();

    public void Add(Experiment experiment)
    {
        Programs++;
        Slots += experiment.Case.Program.Instructions.Length;
        Digest = unchecked(Digest + DigestOf(experiment.Case));
        foreach (TargetRun run in experiment.Runs) CountsOf(run.Target).Add(run);
    }

    public void Add(CaseCounts other)
    {
        Programs += other.Programs;
        Slots += other.Slots;
        Digest = unchecked(Digest + other.Digest);
        foreach ((string name, TargetCounts counts) in other.Targets) CountsOf(name).Add(counts);
        Covered.UnionWith(other.Covered);
        foreach ((string slug, long count) in other.Findings) AddFinding(slug, count);
    }

    public void AddFinding(string slug, long count = 1) => Findings[slug] = Findings.TryGetValue(slug, out long before) ? before + count : count;

    private TargetCounts CountsOf(string target)
    {
        if (!Targets.TryGetValue(target, out TargetCounts? counts)) Targets.Add(target, counts = new TargetCounts());
        return counts;
    }

    private static ulong DigestOf(TestCase test)
    {
        ulong digest = Folded(0, MemoryMarshal.AsBytes(test.Program.Instructions.AsSpan()));
        for (int index = 0; index < test.Program.Count; index++)
        {
            ProgramPart part = test.Program[index];
            digest = Folded(Folded(digest, (ulong)part.Start), ((ulong)part.Type << 32) | (uint)part.AttachType);
        }

        digest = Folded(digest, (ulong)test.Program.Flags);
        foreach (MapDefinition map in test.Maps) digest = Folded(digest, map);
        foreach (CaseInput input in test.Inputs) digest = Folded(Folded(digest, input.Data.Span), input.Context.Span);
        return digest;
    }

    private static ulong Folded(ulong digest, MapDefinition map)
    {
        digest = Folded(Folded(digest, ((ulong)map.Type << 32) | (uint)map.Flags), ((ulong)map.KeyBytes << 32) | (uint)map.ValueBytes);
        digest = Folded(digest, (uint)map.MaxEntries);
        foreach (MapEntry entry in map.Contents) digest = Folded(Folded(digest, entry.Key.Span), entry.Value.Span);
        return digest;
    }

    private static ulong Folded(ulong digest, ReadOnlySpan<byte> bytes)
    {
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes)) digest = Folded(digest, word);
        foreach (byte each in bytes[(bytes.Length & ~7)..]) digest = Folded(digest, each);
        return digest;
    }

    private static ulong Folded(ulong digest, ulong word)
    {
        digest = unchecked((digest ^ word) * 0x9e3779b97f4a7c15); // odd: no two words give the same
        return digest ^ (digest >> 32);
    }
}
