using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Timing;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Timing;

[TestFixture]
internal sealed class SteadyMapsTests
{
    private const string Other = "not timed: a second run on the maps that the first left does something else";
    private const string Left = "not timed: what it leaves in its maps differs from run to run";
    private const string Key = "*(u32 *)(r10 - 4) = 1\nr2 = r10\nr2 += -4\nr3 = r10\nr3 += -4\nr4 = 0\nr1 = map_by_idx(0) ll\n";

    [TestCase("r0 = 1\nexit", null, Description = "does not touch them")]
    [TestCase(Key + "call 1\nr0 = 0\nexit", null, Description = "reads only")]
    [TestCase(Key + "call 2\nr0 = 0\nexit", null, Description = "writes the same each time")]
    [TestCase("*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map_by_idx(0) ll\ncall 3\nexit", Other, Description = "takes out what was there")]
    [TestCase(
        "r2 = r1\nr1 = map_by_idx(0) ll\ncall 1\nif r0 == 0 goto end\nr1 = *(u32 *)(r0 + 0)\nr1 += 1\n*(u32 *)(r0 + 0) = r1\nend:\nr0 = 0\nexit", Left, Description = "counts")]
    public void Check_OfAProgram_SaysWhetherRunsGoOnAlike(string text, string? expected)
    {
        MapDefinition map = new("map", MapType.Hash, KeyBytes: 4, ValueBytes: 4, MaxEntries: 3)
        {
            Contents = [new MapEntry(new byte[4], new byte[4])],
        };
        var program = new BpfProgram(Assembler.Assemble(text).Instructions, ProgramType.Unspecified);
        var request = new LoadRequest(program, ImmutableArray.Create(map), DataBytes: 4);

        string? problem = null;
        try
        {
            SteadyMaps.Check(new ReferenceTarget(), request, new RunInput(new byte[4]));
        }
        catch (TargetException trouble)
        {
            problem = trouble.Message;
        }

        Assert.That(problem, Is.EqualTo(expected));
    }
}
