using BpfConformance.Tests.Cli;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Files that stand for <c>net.core.bpf_jit_harden</c>, which is 1, and for what keeps its value.</summary>
internal sealed class HardeningFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public HardeningFiles() => File.WriteAllText(Setting, "1\n");

    public string Setting => PathOf("setting");

    public string State => PathOf("state");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Dispose();
}
