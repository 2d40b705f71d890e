namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>What holds for a whole <see cref="NetworkCase"/>: all else would be left open.</summary>
/// <param name="LooksUp">Whether programs look for sockets themselves; else those may be attached that Linux would ask then.</param>
/// <param name="ClonesOut">Whether programs send copies out by devices; else those may be attached that they would meet there.</param>
/// <param name="MetaBytes">Bytes of metadata that programs of XDP leave; where there are none, what is behind may be moved.</param>
/// <param name="ChangesTags">Whether programs of tc push tags and pop them; else they make packets longer and shorter, whose headers must then be where they were.</param>
/// <param name="EndsOpen">Whether programs also do what is left open: the case ends there.</param>
internal sealed record NetworkChoices(bool LooksUp, bool ClonesOut, int MetaBytes, bool ChangesTags, bool EndsOpen)
{
    public static NetworkChoices Of(Random random) =>
        new(random.Next(2) == 0, random.Next(3) == 0, Math.Max(4 * random.Next(-5, 4), 0), random.Next(3) == 0, random.Next(5) == 0);
}
