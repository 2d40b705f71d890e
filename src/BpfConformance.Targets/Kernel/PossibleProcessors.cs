using System.Globalization;

namespace BpfConformance.Targets.Kernel;

/// <summary>How many processors the kernel keeps values for in maps that have one for each: all that there may ever be.</summary>
internal static class PossibleProcessors
{
    private const string Path = "/sys/devices/system/cpu/possible";

    private static readonly Lazy<int> s_count = new(Read);

    public static int Count => s_count.Value;

    /// <summary>The file holds ranges, such as <c>0-3</c> or <c>0,2-3</c>, from 0 on.</summary>
    private static int Read() =>
        File.ReadAllText(Path).Trim().Split(',').Sum(range => range.Split('-') switch
        {
            [{ } first, { } last] => int.Parse(last, CultureInfo.InvariantCulture) - int.Parse(first, CultureInfo.InvariantCulture) + 1,
            _ => 1,
        });
}
