using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>All loads of a target have one network and one control group, and do not see each other there.</summary>
[TestFixture]
internal sealed class SharedNetworkTests : KernelFixture
{
    private const string Calls = """
        -- type
        cgroup_sock_addr
        -- attach
        cgroup_udp4_sendmsg
        -- asm
        r0 = 1
        exit
        -- result
        1
        """;

    /// <summary>Its programs have different contexts, which a text does not state.</summary>
    private const string Mixed = """
        -- type
        cgroup_sock_addr
        -- attach
        cgroup_udp4_sendmsg
        -- maps
        seen: array key 4 value 8 entries 1
        -- asm
        r0 = 1
        exit
        -- type gout
        cgroup_skb
        -- attach gout
        cgroup_inet_egress
        -- asm gout
        r1 = map_val(map_by_fd(seen)) ll
        r0 = *(u64 *)(r1 + 0)
        r0 += 1
        *(u64 *)(r1 + 0) = r0
        r0 = 1
        exit
        -- steps
        attach gout group -> ok
        run - -> 1
        send 10.0.0.2:9 68656c6c6f -> gout=1 left 02000000010702000000000708004500002100004000401126ca0a0000010a00000200070009000da7ef68656c6c6f
        run - -> 1
        detach gout group -> ok
        run - -> 1
        """;

    [TestCase(Calls)]
    [TestCase(Mixed)]
    public void Loads_ThatAreAliveAtOnce_DoNotSeeEachOther(string text)
    {
        TestCase test = Read(text);
        KernelTarget kernel = Keep(KernelTarget.Create(Keep(new ReferenceTarget())));
        ILoadedProgram[] programs = [Keep(kernel.Load(test.ToRequest()).Program!), Keep(kernel.Load(test.ToRequest()).Program!)];
        var seen = new ObservationBatch();
        foreach (ILoadedProgram program in (ILoadedProgram[])[.. programs, .. programs])
        {
            seen.Reset(test.Inputs.Length, test.ToRequest().ObservedBytes, test.MapBytes, test.ContextBytes);
            program.Run([.. test.Inputs.Select(input => input.ForRun)], seen);
            for (int i = 0; i < seen.Count; i++) Assert.That(seen[i].Status, Is.EqualTo(ExecutionStatus.Returned), $"step {i + 1}: {seen.Reason(i)}");
        }
    }

    [Test]
    public void Steps_InTheNetworkAndCalls_AreOneCase()
    {
        using var machines = new ComparedMachines();
        Assert.That(machines.Compare(Read(Mixed)), Is.EqualTo(new MachineComparison(null, null)));
    }

    /// <summary>A case whose calls send to 10.0.0.2.</summary>
    private static TestCase Read(string text)
    {
        TestCase test = VectorReader.Read(text, "network/x.vector", "x.vector");
        byte[] context = new byte[ContextTables.SockAddr.SizeBytes];
        ((ReadOnlySpan<byte>)[10, 0, 0, 2]).CopyTo(context.AsSpan(ContextTables.SockAddr.Field("user_ip4").Offset));
        context[ContextTables.SockAddr.Field("user_port").Offset] = 0x1f;
        return test with { Inputs = [.. test.Inputs.Select(input => input.Step is null ? input with { Context = context } : input)] };
    }
}
