namespace BpfConformance.Targets.Timing;

/// <summary>Runs what the runtime has not optimised yet until it is: it compiles anew what was called often, in the background, one method after the other.</summary>
public static class WarmUp
{
    /// <summary>Much code has been compiled to count calls after so many, and not yet anew.</summary>
    private const int LeastStretches = 3;

    /// <summary>What grows for so long is noise.</summary>
    private const int MostStretches = 16;

    /// <summary>A rate that is higher by a smaller part has not grown.</summary>
    private const double Growth = 1.05;

    /// <summary>Until the rate of a stretch is not higher than that of all before; answers how many there were.</summary>
    /// <param name="rateOfStretch">Does it for half a second or so, and answers how often a second.</param>
    public static int UntilSteady(Func<double> rateOfStretch)
    {
        double best = 0;
        for (int stretch = 1; ; stretch++)
        {
            double rate = rateOfStretch();
            if (stretch >= MostStretches || (stretch >= LeastStretches && rate <= best * Growth)) return stretch;
            best = Math.Max(best, rate);
        }
    }
}
