using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Tests.Targets.Kernel.Calls;

/// <summary>Programs and steps as a vector spells them.</summary>
/// <param name="Maps">Lines of <c>-- maps</c>.</param>
/// <param name="Programs">The first is main.</param>
/// <param name="Steps">Lines of <c>-- steps</c> up to the arrow.</param>
internal sealed record CallSequence(ImmutableArray<string> Maps, ImmutableArray<CallProgram> Programs, ImmutableArray<string> Steps)
{
    /// <summary>The kinds of all pieces that are reached.</summary>
    public IEnumerable<string> Kinds =>
        Programs.SelectMany(program => program.Reached).SelectMany(function => function.Pieces).SelectMany(piece => piece.AllKinds);

    public TestCase ToCase() => VectorReader.Read(Text(), "sequence.vector", "sequence.vector");

    /// <summary>As a vector, with results that mean nothing.</summary>
    public string Text() => Text(Placeholder);

    /// <summary>As a vector, with the results of a machine.</summary>
    public string Text(ObservationBatch seen) => Text(i => Result(i, seen));

    private string Text(Func<int, string> result)
    {
        IEnumerable<string> programs = Programs.SelectMany((program, i) => program.Lines.Prepend(i == 0 ? "-- asm" : $"-- asm {program.Name}"));
        IEnumerable<string> steps = Steps.Select((step, i) => $"{step} -> {result(i)}");
        return string.Join('\n', ["-- type", "socket_filter", "-- maps", .. Maps, .. programs, "-- steps", .. steps, string.Empty]);
    }

    /// <summary>Something that can be read: a value of the right size.</summary>
    private string Placeholder(int step)
    {
        string[] words = Steps[step].Split(' ');
        if (words[0] == "run") return "0";
        if (words[0] != "lookup") return "ok";
        return words[1] switch
        {
            "jumps" or "more" => CallMaps.Main,
            "cell" => new string('0', 2 * CallMaps.CellBytes),
            "knobs" => new string('0', 2 * CallMaps.KnobBytes),
            _ => new string('0', 2 * sizeof(ulong)),
        };
    }

    private string Result(int step, ObservationBatch seen)
    {
        string[] words = Steps[step].Split(' ');
        if (words[0] == "run") return ((long)seen[step].R0).ToString(CultureInfo.InvariantCulture);
        var error = (Errno)(-(long)seen[step].R0);
        if (error != Errno.None) return error.ToString();
        if (words[0] != "lookup") return "ok";
        ReadOnlySpan<byte> data = seen.Data(step)[..Math.Max(seen[step].DataLength, 0)];
        bool isProgram = words[1] is "jumps" or "more" && data.Length == sizeof(int);
        return isProgram ? Programs[BitConverter.ToInt32(data)].Name : Convert.ToHexString(data);
    }
}
