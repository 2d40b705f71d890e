using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using BpfConformance.Reporting;
using BpfConformance.Tests.Engine;

namespace BpfConformance.Tests.Reporting;

/// <summary>A run with one of everything: pass, failures, deviation, lack, legal rejection, trouble, warning, bad file.</summary>
internal static class SampleReport
{
    public static RunReport Create()
    {
        FakeTarget reference = new("reference")
        {
            OnRun = (i, data, into) => into[i] = FakeTarget.Returned(data.IsEmpty ? 5ul : data[0]),
        };
        FakeTarget machine = new("machine")
        {
            Capabilities = new TargetCapabilities(
                "2.1 | beta",
                [.. Enum.GetValues<ConformanceGroup>().Where(group => group != ConformanceGroup.CallX)],
                CpuVersion.V4,
                [ProgramType.Unspecified],
                MaxDataBytes: 4096,
                [new CapabilityProbe("callx", false, "not since 1.0"), new CapabilityProbe("base64", true, "always")]),
            OnLoad = Load,
            OnRun = Run,
        };

        TestCase[] cases =
        [
            Vector("base64/add", "-- asm\nr0 = 5\nexit\n-- result\n5\n"),
            Vector("base64/many", "-- asm\nr0 = *(u8 *)(r1 + 0)\nexit\n-- cases\n01 -> 1\n02 -> 2\n03 -> 3\n04 -> 4\n05 -> 5\n"),
            Vector("base64/fault", "-- asm\nr1 = 0x1122334455667788 ll\nr2 = 1\nr3 = 2\nr4 = 3\nr0 = 5\nexit\n-- memory\n05\n-- result\n5\n"),
            Vector("base64/shift", "-- asm\nr0 = 5\nr0 <<= 64\nexit\n-- result\nrejected ShiftOutOfRange or 5\n"),
            Vector("callx/call", "-- raw\n8d02000000000000 9500000000000000\n-- result\n5\n"),
            Vector("base32/wide", "-- asm\nr0 = 5\nexit\n-- rejected\nTooLarge\n"),
            Vector("divmul32/trouble", "-- asm\nw0 = 5\nw0 /= 1\nexit\n-- result\n5\n"),
            Vector("base64/odd", "-- asm\nr0 = *(u8 *)(r1 + 0)\nexit\n-- memory\n07\n-- result\n7\n"),
        ];

        FakeTarget[] targets = [reference, machine];
        var header = new RunHeader(
            "bpfconf", "1.2.3", ["run", "conformance", "--filter", "*"], "Linux 6.18 x64, .NET 10.0.1",
            new DateTimeOffset(2026, 11, 22, 17, 30, 0, TimeSpan.Zero));
        var builder = new RunReportBuilder(header, targets);
        var runner = new ExperimentRunner(targets);
        var deviations = DeviationSet.Of(
            "machine", new Deviation("base64/odd.vector", "loads signed | https://example.org/1", "conformance/deviations/machine.txt", 3, null));
        foreach (TestCase test in cases) builder.Add([.. CaseJudge.ForVectors.Judge(runner.Run(test)).Select(deviations.Apply)]);

        var files = new CaseSet(
            [.. cases],
            [new CaseWarning("conformance/old.data", 7, "the result '0x1' does not count: the last line, '0x2', does")],
            [new CaseError("conformance/bad.vector", 3, 0, "unknown section '-- <b>x</b>'")]);
        return builder.Build(cases.Length, TimeSpan.FromSeconds(1.25), files, [new UnavailableTarget("kernel", "needs CAP_BPF")]);
    }

    private static TestCase Vector(string name, string text) =>
        VectorReader.Read(text, $"conformance/{name}.vector", $"{name}.vector");

    private static Verdict Load(LoadRequest request)
    {
        Instruction[] program = [.. request.Program.Instructions];
        if (program.Any(i => i.Opcode == 0x67)) return Verdict.Rejected(ReasonClass.ShiftOutOfRange, "invalid shift 64", pc: 1);
        if (program.Any(i => i.Opcode == 0x34)) throw new TargetException("worker died\u0007 | signal 11");
        return Verdict.Accepted;
    }

    private static void Run(int input, ReadOnlySpan<byte> data, ObservationBatch into) => into[input] = data switch
    {
        [] => FakeTarget.Returned(5),
        [5] when into.Count == 1 => FakeTarget.Faulted(FaultKind.OutOfBoundsLoad, 5),
        _ => FakeTarget.Returned(0xff),
    };
}
