namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>Random programs that call, and steps that run them.</summary>
/// <param name="random">Decides everything.</param>
/// <param name="hasCallbacks">Whether helpers call functions.</param>
internal sealed class CallSequenceGenerator(Random random, bool hasCallbacks)
{
    private const int LinkHeaderBytes = 14;

    public CallSequence Next()
    {
        string[] names = [CallMaps.Main, .. Enumerable.Range(1, random.Next(1, 5)).Select(number => $"p{number}")];
        var maps = new CallMaps(random, names);
        int dataBytes = random.Next(6, 25);
        return new CallSequence(
            maps.Lines,
            [.. names.Select(name => new CallProgramGenerator(random, maps, dataBytes, hasCallbacks).Next(name))],
            [.. Steps(maps, dataBytes)]);
    }

    private IEnumerable<string> Steps(CallMaps maps, int dataBytes)
    {
        string header = new('0', 2 * LinkHeaderBytes);
        string[] packets = [.. Enumerable.Range(0, 3).Select(_ => header + maps.Bytes(dataBytes))];
        for (int count = random.Next(4, 10); count > 0; count--)
        {
            while (random.Next(2) == 0) yield return Change(maps);
            string program = random.Next(3) == 0 ? maps.AnyProgram() : CallMaps.Main;
            yield return $"run {program} {packets[random.Next(packets.Length)]}";
            yield return $"lookup cell {CallMaps.Key(0)}";
        }
    }

    private string Change(CallMaps maps)
    {
        (string jumps, int entries) = maps.Jumps[random.Next(maps.Jumps.Length)];
        string index = CallMaps.Key(random.Next(entries + 1));
        return random.Next(12) switch
        {
            < 5 => $"update {jumps} {index} {maps.AnyProgram()}",
            5 or 6 => $"delete {jumps} {index}",
            7 => $"lookup {jumps} {index}",
            8 => $"lookup counts {CallMaps.Key(random.Next(16))}",
            9 => $"lookup table {CallMaps.Key(random.Next(CallMaps.TableEntries + 1))}",
            10 => $"update counts {CallMaps.Key(random.Next(16))} {maps.Bytes(8)}",
            _ => $"update knobs {CallMaps.Key(0)} {maps.Knobs()}",
        };
    }
}
