using BpfConformance.SeededBugs.Defects;
using BpfConformance.SeededBugs.Hunting;

switch (args)
{
    case [Worker.Verb, var engine]:
        Worker.Serve(engine);
        return 0;
    case ["measure", ..]:
        foreach (HuntMethod m in new[] { HuntMethod.Fuzzer, HuntMethod.Bytes })
        foreach (HuntResult r in Hunt.Run(m, DefectCatalogue.All, new HuntLimits(3000, TimeSpan.FromSeconds(3)), 1)) Console.WriteLine($"{m.Name} {r.Engine} {r.Programs} {r.Time.TotalMilliseconds:f0} {r.Catch}");
        return 0;
    default:
        return 2;
}
