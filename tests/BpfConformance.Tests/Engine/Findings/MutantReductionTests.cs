using NUnit.Framework;
using System.Diagnostics;
using BpfConformance.Mutants;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Tests.Engine.Findings;

public sealed class MutantReductionTests
{
    [Test]
    public void Measure()
    {
        int every = int.Parse(Environment.GetEnvironmentVariable("EVERY") ?? "60");
        int offset = int.Parse(Environment.GetEnvironmentVariable("OFF") ?? "0");
        var lines = new List<string>();
        var sizes = new List<int>(); var times = new List<double>(); int same = 0, none = 0, slots0 = 0;
        Mutant[] all = [.. MutantCatalogue.All.Where(m => m.IsKillable)];
        for (int i = offset; i < all.Length; i += every)
        {
            long t = Stopwatch.GetTimestamp();
            if (MutantFindings.Reduced(all[i], 1 + i * 1000) is not { } r) { none++; continue; }
            double s = Stopwatch.GetElapsedTime(t).TotalSeconds;
            int n = BpfConformance.Engine.Ir.IrProgram.TryDecode(r.Finding.Case.Program)!.Code.Length;
            File.AppendAllText("/tmp/reduce-measure.txt", $"{i} {all[i].Name} {s:f2}s {r.Slots}->{n} tried {r.Finding.Reduction.Tried} {r.Finding.Reduction.End} " + string.Join(",", r.Finding.Reduction.Passes) + "\n");
            sizes.Add(n); times.Add(s); slots0 += r.Slots;
            bool ok = r.Finding.Signature.Form == all[i].Row.Name;
            if (ok) same++;
            lines.Add($"{(n > 8 ? "BIG" : "ok")} {(ok ? "same" : "OTHER " + r.Finding.Signature.Form)} {all[i].Name} {r.Slots}->{n} {s:f2}s tried {r.Finding.Reduction.Tried} rounds {r.Finding.Reduction.Rounds} {r.Finding.Reduction.End} {r.Finding.Finding.Facet}");
            if (n > 8 || !ok) lines.Add(Disassembler.Listing(r.Finding.Case.Program.Instructions.AsSpan()) + string.Join(";", r.Finding.Case.Inputs.Select(x => Convert.ToHexString(x.Data.Span))) + $" exp {r.Finding.Finding.Expected} got {r.Finding.Finding.Got}");
        }
        times.Sort();
        
        Assert.Fail($"of {all.Length}: {sizes.Count} found, {none} none, <=8: {sizes.Count(x => x <= 8)}, median {times[times.Count / 2]:f2} max {times[^1]:f2} same {same} avg from {slots0 / sizes.Count} to {sizes.Average():f1}");
    }
}
