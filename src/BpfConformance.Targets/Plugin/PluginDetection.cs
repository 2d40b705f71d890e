using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Older;
using BpfConformance.Targets.Plugin.Protocol;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Plugin;

/// <summary>What a plug-in speaks, or why it cannot be talked to.</summary>
/// <param name="Kind">Which protocol; <c>null</c>: none.</param>
/// <param name="Problem">Why none; <c>null</c>: there is one.</param>
public sealed record PluginDetection(PluginProtocolKind? Kind, string? Problem)
{
    private const ulong Answer = 0x2a;

    /// <summary>
    /// Says hello to one child, and that nothing follows: a plug-in of the older protocol takes that for a program that it cannot
    /// read, and ends. Then it is asked to run <c>r0 = 42; exit</c>. Both can do no harm to a plug-in of the other kind.
    /// </summary>
    /// <param name="settings">What to start.</param>
    /// <param name="wanted">The only protocol that will do; <c>null</c>: any.</param>
    public static PluginDetection Of(PluginSettings settings, PluginProtocolKind? wanted)
    {
        if (settings.Command.Problem is { } problem) return new PluginDetection(null, problem);
        try
        {
            string? noHello = wanted == PluginProtocolKind.BpfConformance ? "it was not asked" : ProblemOfHello(settings);
            if (noHello is null) return new PluginDetection(PluginProtocolKind.Bpfconf, null);
            string? noResult = wanted == PluginProtocolKind.Bpfconf ? "it was not asked" : ProblemOfRun(settings);
            return noResult is null
                ? new PluginDetection(PluginProtocolKind.BpfConformance, null)
                : new PluginDetection(null, Text(wanted, noHello, noResult));
        }
        catch (TargetException trouble)
        {
            return new PluginDetection(null, trouble.Message);
        }
    }

    private static string Text(PluginProtocolKind? wanted, string noHello, string noResult) => wanted switch
    {
        PluginProtocolKind.Bpfconf => $"it {noHello}",
        PluginProtocolKind.BpfConformance => $"asked for 'r0 = 42; exit', it {noResult}",
        null => $"asked to introduce itself (conformance/PROTOCOL.md), it {noHello}\nasked for 'r0 = 42; exit' as a plug-in of bpf_conformance, it {noResult}",
    };

    private static string? ProblemOfHello(PluginSettings settings)
    {
        string mark = StrayProcesses.NewMark();
        try
        {
            using var connection = new PluginConnection(settings.Command, mark);
            connection.Begin(FrameKind.Hello);
            HelloRequest.Write(connection.Writer);
            return connection.Ask(FrameKind.HelloAnswer, settings.StartLimit, (ref BodyReader body) => HelloAnswer.Read(ref body), isLast: true)?.Message;
        }
        finally
        {
            StrayProcesses.EndMarked(mark);
        }
    }

    private static string? ProblemOfRun(PluginSettings settings)
    {
        using var runner = new OlderRunner(settings);
        byte[] program = new BpfProgram([Code.MoveImmediate(Register.R0, (int)Answer), Code.Exit]).ToBytes();
        OlderAnswer answer = runner.Run(program, ReadOnlyMemory<byte>.Empty);
        return answer.R0 switch
        {
            Answer => null,
            { } other => $"gave 0x{other:x}",
            null when answer.End == OlderEnd.Error => $"refused: {answer.Message}",
            null => answer.Message,
        };
    }
}
