using BpfConformance.Abi.Maps;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>Programs come, run side by side, and go.</summary>
[TestFixtureSource(typeof(Engine), nameof(Engine.Compilers))]
internal sealed class LifetimeTests(Compiler compiler)
{
    [SetUp]
    public void NeedTheCompiler()
    {
        if (compiler.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Dispose_Twice_IsAllowedAndEndsIt()
    {
        var machine = new CompiledMachine(compiler, "r0 = 0\nexit");
        machine.Dispose();
        Assert.That(machine.Dispose, Throws.Nothing);
        Assert.That(() => machine.Program.Prepare(default, CompiledMachine.Budget), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(machine.Program.RunPrepared, Throws.TypeOf<ObjectDisposedException>());

        using var next = new CompiledMachine(compiler, "r0 = 0\nexit");
        using var after = new CompiledMachine(compiler, "r0 = 0\nexit");
        Assert.That(after.Program.Memory, Is.Not.SameAs(next.Program.Memory), "what was given back twice");
    }

    [Test]
    public void Machines_OfOneProgramAtTheSameTime_DoNotTouchEachOther()
    {
        const string Text = "r0 = 0\nr3 = 100000\nloop:\nr2 = *(u64 *)(r1 + 0)\nr2 += 1\n*(u64 *)(r1 + 0) = r2\nr0 += r2\nr3 += -1\nif r3 != 0 goto loop\nexit";
        ulong[] results = new ulong[8];
        Parallel.For(0, results.Length, n =>
        {
            using var machine = new CompiledMachine(compiler, Text);
            byte[] data = new byte[64];
            data[0] = (byte)n;
            for (int round = 0; round < 5; round++) machine.Run(data);
            results[n] = machine.R0;
        });
        ulong[] expected = [.. Enumerable.Range(0, 8).Select(n => 5000050000 + ((ulong)n * 100000))];
        Assert.That(results, Is.EqualTo(expected));
    }

    [Test]
    public void Machines_ThatShareAMap_AddToOneValue()
    {
        const string Text = "r2 = map_val(map_by_idx(0)) ll\nr3 = 100000\nr4 = 1\nloop:\nlock *(u64 *)(r2 + 0) += r4\nr3 += -1\nif r3 != 0 goto loop\nr0 = 0\nexit";
        MapDefinition[] maps = [new("m", MapType.Array, 4, 16, 1)];
        using var owner = new CompiledMachine(compiler, Text, maps: [.. maps]);
        using var other = new CompiledMachine(compiler, Text, maps: [.. maps]);
        other.Program.Memory.ShareMapValues(owner.Program.Memory);
        owner.Program.Prepare(default, CompiledMachine.Budget);
        other.Program.Prepare(default, CompiledMachine.Budget);

        Parallel.Invoke(owner.Program.RunPrepared, other.Program.RunPrepared);

        Assert.That(BitConverter.ToUInt64(owner.Program.Memory.MapValue(0)), Is.EqualTo(200000));
        Assert.That(BitConverter.ToUInt64(other.Program.Memory.MapValue(0)), Is.EqualTo(200000));
    }
}
