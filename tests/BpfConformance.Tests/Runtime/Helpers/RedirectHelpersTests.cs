using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Loading.Assembly;
using BpfConformance.Runtime.Execution;
using NUnit.Framework;

namespace BpfConformance.Tests.Runtime.Helpers;

/// <summary>What helpers leave in the machine about where a packet goes: no run shows it.</summary>
[TestFixture]
public sealed class RedirectHelpersTests
{
    private const string ToMap = "r1 = map_by_fd(0) ll\nr2 = {0}\nr3 = {1}\ncall 51\n";
    private const ProgramType Xdp = ProgramType.Xdp;
    private const ProgramType Tc = ProgramType.SchedCls;

    [TestCase(Xdp, "r0 = 4", RedirectKind.None, 0u, 0ul)]
    [TestCase(Xdp, "r1 = 7\nr2 = 0\ncall 23", RedirectKind.Device, 7u, 0ul)]
    [TestCase(Xdp, "r1 = 7\nr2 = 1\ncall 23", RedirectKind.None, 0u, 0ul, Description = "XDP has no flags")]
    [TestCase(Xdp, "r1 = 7\nr2 = 0\ncall 23\nr1 = 8\nr2 = 1\ncall 23", RedirectKind.Device, 7u, 0ul, Description = "what is wrong leaves what was said")]
    [TestCase(Tc, "r1 = 8\nr2 = 1\ncall 23", RedirectKind.Device, 8u, 1ul)]
    [TestCase(Tc, "r1 = 8\nr2 = 2\ncall 23", RedirectKind.None, 0u, 0ul)]
    [TestCase(Tc, "r1 = 8\nr2 = 0\ncall 155", RedirectKind.Peer, 8u, 0ul)]
    [TestCase(Tc, "r1 = 8\nr2 = 0\nr3 = 0\nr4 = 0\ncall 152", RedirectKind.Neighbor, 8u, 0ul)]
    [TestCase(Xdp, "{map 1 0}", RedirectKind.MapEntry, 1u, 0ul)]
    [TestCase(Xdp, "{map 1 16}", RedirectKind.MapEntry, 1u, 0ul, Description = "BPF_F_EXCLUDE_INGRESS without BPF_F_BROADCAST is of no account")]
    [TestCase(Xdp, "{map 0 24}", RedirectKind.MapEntry, 0u, 24ul)]
    [TestCase(Xdp, "{map 1 0}{map 0 2}", RedirectKind.Device, 1u, 0ul, Description = "a key without an entry, after one with: the last index is that of a device")]
    public void Run_OfAProgramThatSaysWhere_LeavesIt(ProgramType type, string text, RedirectKind kind, uint index, ulong flags)
    {
        foreach (string call in (string[])["1 0", "1 16", "0 24", "0 2"])
        {
            string[] numbers = call.Split(' ');
            text = text.Replace($"{{map {call}}}", ToMap.Replace("{0}", numbers[0], StringComparison.Ordinal).Replace("{1}", numbers[1], StringComparison.Ordinal), StringComparison.Ordinal);
        }

        using InterpretedProgram program = Load($"{text}\nexit", type);

        program.Run(new byte[64], budget: 100);

        Redirect left = Left(program);
        Assert.That((left.Kind, left.Index, left.Flags), Is.EqualTo((kind, index, flags)));
    }

    [Test]
    public void Run_WithANextHop_LeavesItsBytes()
    {
        using InterpretedProgram program = Load(
            "*(u64 *)(r10 - 24) = 2\n*(u64 *)(r10 - 16) = 3\n*(u64 *)(r10 - 8) = 4\nr1 = 8\nr2 = r10\nr2 += -24\nr3 = 20\nr4 = 0\ncall 152\nexit", Tc);

        program.Run(new byte[64], budget: 100);

        Redirect left = Left(program);
        Assert.That((left.Kind, left.Index), Is.EqualTo((RedirectKind.NextHop, 8)));
        unsafe
        {
            Assert.That(new Span<byte>(left.NextHop, Redirect.NextHopBytes).ToArray(), Is.EqualTo((byte[])[2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0]));
        }
    }

    [Test]
    public void Run_AfterOneThatSaid_LeavesNothing()
    {
        using InterpretedProgram program = Load("r0 = *(u32 *)(r1 + 4)\nr2 = *(u32 *)(r1 + 0)\nr0 -= r2\nif r0 != 64 goto exit\nr1 = 7\nr2 = 0\ncall 23\nexit", Xdp);
        program.Run(new byte[64], budget: 100);
        RedirectKind first = Left(program).Kind;

        program.Run(new byte[60], budget: 100);

        Assert.That((first, Left(program).Kind), Is.EqualTo((RedirectKind.Device, RedirectKind.None)));
    }

    private static unsafe Redirect Left(InterpretedProgram program) => program.Memory.Machine->Redirect;

    private static InterpretedProgram Load(string text, ProgramType type)
    {
        var devices = new MapDefinition("devices", MapType.Devmap, KeyBytes: 4, ValueBytes: 4, MaxEntries: 2)
        {
            Contents = [new MapEntry(BitConverter.GetBytes(1), BitConverter.GetBytes(7))],
        };
        return InterpretedProgram.TryLoad(new BpfProgram(Assembler.Assemble(text).Instructions, type), [devices], 64, HandlerTable.Sanitized, out _)!;
    }
}
