using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Timing;

/// <summary>Times the same program in C, compiled for this machine: what it takes when no virtual machine is in the way.</summary>
public sealed class NativeTimer(NativeCompiler compiler) : ITargetTimer
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpfconf-native");
    private int _libraries;

    public string Name => "native";

    public ITimedProgram Load(TimedRun run)
    {
        if (!run.Request.Maps.IsEmpty) throw new TargetException("nothing native has maps");
        if (!File.Exists(run.Source)) throw new TargetException("there is no file of its name with C");

        // A library of a name that was loaded before would be that one.
        string library = Path.Combine(_folder.FullName, $"{_libraries++}.so");
        compiler.Compile(run.Source, library);
        return new NativeProgram(library, run);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
