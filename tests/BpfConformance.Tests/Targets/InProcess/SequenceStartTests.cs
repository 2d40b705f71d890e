using System.Collections.Immutable;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>Sequences find nothing of those before: not of the same program, nor of others, whose machines are kept.</summary>
[TestFixture("reference")]
[TestFixture("il")]
[TestFixture("x64")]
internal sealed class SequenceStartTests(string target)
{
    private const string Maps = "-- maps\nm: array key 4 value 8 entries 1\n";
    private const string Pins = "mkdir /sys/fs/bpf/f -> ok\npin main /sys/fs/bpf/f/p -> ok\n";

    [TestCase("", "attach main left -> ok\n" + Pins, Description = "its machine is kept, as it has no maps")]
    [TestCase(Maps, "attach main left -> ok\n" + Pins)]
    [TestCase(Maps, Pins)]
    [TestCase(Maps, "run 0000000000000000000000000000 -> 2\n" + Pins)]
    public void Run_OfASequenceThatPins_IsTheSameEachTime(string maps, string steps)
    {
        TargetEntry entry = TargetRegistry.All.Single(entry => entry.Name == target);
        if (entry.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        using IExecutionTarget machine = entry.Create();
        TestCase test = VectorReader.Read($"-- type\nsched_cls\n-- attach\ntcx_ingress\n-- asm\nr0 = 2\nexit\n{maps}-- steps\n{steps}", "x.vector", "x");

        ulong[] expected = [.. test.Inputs.Select(input => input.Step is null ? 2ul : 0)];

        Assert.That(Results(machine, test), Is.EqualTo(expected.Concat(expected)), "twice on a program");
        Assert.That(Results(machine, test), Is.EqualTo(expected.Concat(expected)), "and on another");
    }

    private static ulong[] Results(IExecutionTarget machine, TestCase test)
    {
        LoadRequest request = test.ToRequest();
        using ILoadedProgram program = machine.Load(request).Program!; // each of them loads
        ImmutableArray<RunInput> inputs = [.. test.Inputs.Select(input => input.ForRun)];
        var seen = new ObservationBatch();
        return [.. Enumerable.Range(0, 2).SelectMany(_ =>
        {
            seen.Reset(inputs.Length, request.ObservedBytes, test.MapBytes, test.ContextBytes);
            program.Run(inputs.AsSpan(), seen);
            return Enumerable.Range(0, inputs.Length).Select(index => seen[index].Status == ExecutionStatus.Returned ? seen[index].R0 : ulong.MaxValue).ToArray();
        })];
    }
}
