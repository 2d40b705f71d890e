using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;

namespace BpfConformance.SeededBugs.Defects;

/// <summary>A defective engine in a process of its own: this program, started once more.</summary>
internal static class Worker
{
    public const string Verb = "worker";

    public static IExecutionTarget Start(string engine) =>
        new PluginTarget(engine, new PluginSettings(new ChildCommand(Path.Combine(AppContext.BaseDirectory, "BpfConformance.SeededBugs"), Verb, engine)));

    public static void Serve(string engine)
    {
        using IExecutionTarget target = DefectCatalogue.Named(engine).CreateHere(engine);
        using Stream input = Console.OpenStandardInput();
        using Stream output = Console.OpenStandardOutput();
        new PluginServer(target, input, output).Serve();
    }
}
