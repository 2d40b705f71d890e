using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Runtime.Execution;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Code without checks that does what it must not: a signal ends the run, and the process goes on.</summary>
[TestFixture]
internal sealed class TrustedAccessTests
{
    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    private static readonly MapDefinition s_map = new("m", MapType.Array, 4, 16, 1);

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test, Combinatorial]
    public void Access_BeyondTheEdgesOfARegion_Faults(
        [Values("r2 = r1", "r2 = r10", "r2 = map_val(map_by_idx(0)) ll")] string region,
        [Values("r2 += 0", "r2 += 100000000", "r2 += -100000000")] string distance,
        [Values(32760, -32768)] int offset,
        [Values] bool isMetered)
    {
        int pc = region.EndsWith("ll", StringComparison.Ordinal) ? 4 : 3;
        string place = offset < 0 ? $"- {-offset}" : $"+ {offset}";
        (string Access, FaultKind Fault)[] accesses =
        [
            ($"r3 = *(u8 *)(r2 {place})", FaultKind.OutOfBoundsLoad),
            ($"r3 = *(s32 *)(r2 {place})", FaultKind.OutOfBoundsLoad),
            ($"r3 = load_acquire((u64 *)(r2 {place}))", FaultKind.OutOfBoundsLoad),
            ($"*(u64 *)(r2 {place}) = 1", FaultKind.OutOfBoundsStore),
            ($"*(u16 *)(r2 {place}) = r0", FaultKind.OutOfBoundsStore),
            ($"store_release((u64 *)(r2 {place}), r0)", FaultKind.OutOfBoundsStore),
            ($"lock *(u64 *)(r2 {place}) += r0", FaultKind.OutOfBoundsStore),
            ($"r0 = atomic_fetch_xor((u64 *)(r2 {place}), r0)", FaultKind.OutOfBoundsStore),
        ];
        foreach ((string access, FaultKind fault) in accesses)
        {
            using var machine = new CompiledMachine(
                s_x64, $"{region}\n{distance}\nr0 = 0\n{access}\nr0 = 1\nexit", JitOptions.Trusted with { IsMetered = isMetered }, maps: [s_map]);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(fault, pc)), access);
            Assert.That(machine.Executed, Is.EqualTo(isMetered ? 4 : -1));
        }
    }

    [TestCase("r2 = 0\nr0 = *(u64 *)(r2 + 0)\nexit")]
    [TestCase("r2 = -1\nr0 = *(u64 *)(r2 + 0)\nexit")]
    [TestCase("r2 = -9223372036854775808 ll\nr0 = *(u64 *)(r2 + 0)\nexit", Description = "no address of this processor")]
    public void Load_ThroughAnyNumber_Faults(string text)
    {
        using var machine = new CompiledMachine(s_x64, text, JitOptions.Trusted);
        RunEnd end = machine.Run();
        Assert.That((end.Status, end.Fault), Is.EqualTo((RunStatus.Faulted, FaultKind.OutOfBoundsLoad)));
    }

    [Test]
    public void Load_FusedWithItsAddress_FaultsAtItsOwnPc()
    {
        using var machine = new CompiledMachine(s_x64, "r0 = 0\nr3 = r1\nr3 += 1000000\nr3 = *(u64 *)(r3 + 8)\nr0 = r3\nexit", JitOptions.Trusted);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 3)));
    }

    [Test]
    public void Load_OfAFieldThatIsNotTheirs_FaultsInACallee()
    {
        using var machine = new CompiledMachine(
            s_x64, "r0 = 0\ncall f\nexit\nf:\nr6 = 1\nr0 = *(u32 *)(r1 + 76)\nexit", JitOptions.Trusted, ProgramType.SocketFilter);
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 4)));
        Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 4)), "once more");
    }

    [TestCase("r0 = 0\nloop:\nr0 += 1\ngoto loop", 1, 2)]
    [TestCase("r0 = 0\nloop:\ncall f\ngoto loop\nf:\nr0 += 1\nexit", 1, 4)]
    [TestCase("loop:\ncall get_smp_processor_id\ngoto loop", 0, 1)]
    public void Loop_WithoutEnd_IsEndedInIt(string text, int first, int last)
    {
        using var machine = new CompiledMachine(s_x64, text, JitOptions.Trusted);
        ((X64Program)machine.Program).TimeLimit = TimeSpan.FromMilliseconds(30);
        for (int n = 0; n < 3; n++)
        {
            RunEnd end = machine.Run();
            Assert.That((end.Status, end.Fault), Is.EqualTo((RunStatus.OutOfBudget, FaultKind.None)));
            Assert.That(end.Pc, Is.InRange(first, last));
        }
    }
}
