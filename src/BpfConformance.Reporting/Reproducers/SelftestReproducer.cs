using BpfConformance.Engine.Cases;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The program alone, as an array in the macros of the kernel's selftests.</summary>
public sealed class SelftestReproducer : IReproducer
{
    public string FileName => "case.insns.h";

    public string? Lacks(TestCase test) => test.Program.Others.IsEmpty ? null : "it has several programs";

    public string Write(TestCase test) =>
        $"struct bpf_insn insns[] = {{\n{MacroText.Of(test.Program.Instructions, map => $"map_fds[{map}]", "\t")}}};\n";

    public TestCase? Read(string text, TestCase test) => null;
}
