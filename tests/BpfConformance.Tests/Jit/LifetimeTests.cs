using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
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

    [Test]
    public void LoadRunUnload_ManyTimes_LeavesNoMemoryBehind()
    {
        if (compiler.Name != "il") Assert.Pass("x64 counts its bytes, files and mappings: SoakTests");
        const int Programs = 3000;
        Soak(Programs);
        long before = Collected();
        Soak(Programs);
        long growth = Collected() - before;
        TestContext.Out.WriteLine($"{growth / 1024} KiB more after {Programs} programs");
        Assert.That(growth, Is.LessThan(24 << 20), "a program that stays costs 10 KiB or more");
    }

    private void Soak(int programs)
    {
        EngineLoad load = compiler.With(JitOptions.Checked);
        ReadOnlySpan<Instruction> slots =
            Assembler.Assemble("r6 = r1\nr0 = *(u64 *)(r6 + 8)\ncall f\nr0 += 1\nexit\nf:\n*(u64 *)(r10 - 8) = 1\nr0 = 7\nexit").Instructions.AsSpan();
        for (int n = 0; n < programs; n++)
        {
            using IMachineProgram program = load(slots, [], ProgramType.Unspecified, dataBytes: 64, out _)!; // it is valid
            program.Prepare(new byte[64], 1000);
            program.RunPrepared();
            if (program.Executed(1000) != 8) Assert.Fail("a program ran wrong");
        }
    }

    private static long Collected()
    {
        for (int round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return Environment.WorkingSet;
    }
}
