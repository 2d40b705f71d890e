using System.Globalization;

namespace BpfConformance.Engine.Campaigns;

/// <summary>A time as it is typed: <c>90</c>, <c>90s</c>, <c>5m</c>, <c>2h</c>.</summary>
public static class TimeText
{
    /// <summary>How one may be typed, for a help text.</summary>
    public const string Forms = "60s, 5m, 2h, or a number of seconds";

    /// <summary>What one must look like, for who has typed something else.</summary>
    public const string Expected = "a time such as 90s, 5m or 2h";

    private const double MaxSeconds = 366 * 24 * 3600.0;

    /// <summary><c>null</c>: it is none, or nothing that anybody waits for.</summary>
    public static TimeSpan? TryParse(string text)
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
        return isTime ? TimeSpan.FromSeconds(double.Parse(number, CultureInfo.InvariantCulture) * unit) : null;
    }
}
