using BpfConformance.Abi.Contexts;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Assembly;
using BpfConformance.Targets.InProcess;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.InProcess;

/// <summary>Events as C# describes them come to programs; the first test is the README's recipe.</summary>
[TestFixture]
internal sealed class TypedContextTests
{
    [Test]
    public void Of_Context_IsWhatTheProgramFinds()
    {
        using var machine = new ReferenceTarget();
        var program = new BpfProgram(
            Assembler.Assemble("""
                r0 = *(u32 *)(r1 + 8)    # mark
                r0 += 1
                *(u32 *)(r1 + 8) = r0
                exit
                """).Instructions, ProgramType.SchedCls);
        byte[] packet = Convert.FromHexString("020000000002020000000001" + "0800");
        RunInput[] inputs = [RunInput.Of(new SkBuff { Mark = 41 }, packet)];

        LoadResult load = machine.Load(new LoadRequest(program, Maps: [], packet.Length));
        using ILoadedProgram loaded = load.Program!; // null: load.Verdict says why not
        var seen = new ObservationBatch();
        seen.Reset(inputs.Length, packet.Length, contextBytes: SkBuff.Layout.SizeBytes);
        loaded.Run(inputs, seen);
        (ulong r0, uint mark) = (seen[0].R0, IContext.Read<SkBuff>(seen.Context(0)).Mark); // 42 and 42

        Assert.That((r0, mark), Is.EqualTo((42, 42)));
    }

    [Test]
    public void Readme_HasTheRecipe_AsItRunsHere()
    {
        string[] readme = File.ReadAllLines(Repository.PathOf("README.md"));
        string here = File.ReadAllText(Repository.PathOf("tests", "BpfConformance.Tests", "Targets", "InProcess", "TypedContextTests.cs"));

        string[] recipe = [.. readme.SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```").Select(line => line.Trim())];

        Assert.That(recipe, Is.Not.Empty);
        Assert.That(recipe.Where(line => !here.Contains(line, StringComparison.Ordinal)), Is.Empty);
    }
}
