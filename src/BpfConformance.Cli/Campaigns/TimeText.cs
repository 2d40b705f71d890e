using System.Globalization;

namespace BpfConformance.Cli.Campaigns;

/// <summary>A time as it is typed: <c>90</c>, <c>90s</c>, <c>5m</c>, <c>2h</c>.</summary>
internal static class TimeText
{
    private const double MaxSeconds = 366 * 24 * 3600.0;

    /// <exception cref="UsageException">It is none.</exception>
    public static double Seconds(string option, string text)
    {
        double unit = text switch
        {
            [.., 'h'] => 3600,
            [.., 'm'] => 60,
            _ => 1,
        };
        string number = text.TrimEnd('s', 'm', 'h');
        bool isTime = text.Length - number.Length <= 1 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value * unit is > 0 and <= MaxSeconds;
        return isTime ? double.Parse(number, CultureInfo.InvariantCulture) * unit : throw new UsageException($"{option} {text}: expected a time such as 90s, 5m or 2h");
    }
}
