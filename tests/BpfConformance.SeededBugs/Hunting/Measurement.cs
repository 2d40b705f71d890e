using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Cli.Benchmarks;
using BpfConformance.SeededBugs.Defects;

namespace BpfConformance.SeededBugs.Hunting;

/// <summary><c>measure [FILE [SEEDS [SECONDS]]]</c>: hunts every bug with every seed, and writes the report.</summary>
internal static class Measurement
{
    public const string Verb = "measure";

    private const int Seeds = 10;
    private const int Seconds = 10;

    /// <summary>Of one hunt: none comes so far in any time that somebody waits.</summary>
    private const int MostPrograms = 10_000_000;

    private static readonly HuntLimits s_warmUp = new(Programs: 200, TimeSpan.FromSeconds(1));

    public static void Run(ReadOnlySpan<string> arguments)
    {
        int seeds = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : Seeds;
        double seconds = arguments.Length > 2 ? double.Parse(arguments[2], CultureInfo.InvariantCulture) : Seconds;
        var limits = new HuntLimits(MostPrograms, TimeSpan.FromSeconds(seconds));
        ImmutableArray<HuntResult> fuzzer = Hunts(HuntMethod.Fuzzer, DefectCatalogue.All, seeds, limits);
        ImmutableArray<HuntResult> bytes = Hunts(HuntMethod.Bytes, DefectCatalogue.All, seeds, limits);
        ImmutableArray<HuntResult> controls = Hunts(HuntMethod.Fuzzer, DefectCatalogue.Controls, seeds, limits);
        string text = new HuntReport(fuzzer, bytes, controls, seeds, limits, ThisMachine.Describe(compiler: null), LoadAverage()).ToMarkdown();
        if (arguments.IsEmpty) Console.Out.Write(text);
        else File.WriteAllText(arguments[0], text);
    }

    /// <summary>Of one, five and fifteen minutes (proc_loadavg(5)).</summary>
    private static string LoadAverage() => string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3]);

    private static ImmutableArray<HuntResult> Hunts(HuntMethod method, ImmutableArray<DefectiveEngine> engines, int seeds, HuntLimits limits)
    {
        _ = Hunt.Run(method, engines, s_warmUp, seed: 0); // what .NET compiles first is no fuzzer's time
        var results = ImmutableArray.CreateBuilder<HuntResult>();
        for (ulong seed = 1; seed <= (ulong)seeds; seed++)
        {
            results.AddRange(Hunt.Run(method, engines, limits, seed));
            Console.Error.WriteLine($"{method.Name}, seed {seed} of {seeds}: {results.Count(result => result.Seed == seed && result.Catch is not null)} of {engines.Length} found");
        }

        return results.ToImmutable();
    }
}
