using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;
using BpfConformance.Tests.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>What <c>bpfconf_plugin.h</c> makes of requests, and of what a machine says (header_plugin.c).</summary>
internal sealed class PluginHeaderTests
{
    private const int DataBytes = 21; // so that no two memories of a request are aligned alike

    private PluginTarget _target = null!; // set up for every test

    [SetUp]
    public void Start() => _target = new PluginTarget("header", new PluginSettings(new ChildCommand(CPlugins.HeaderPlugin)));

    [TearDown]
    public void End() => _target?.Dispose();

    [TestCase(false)]
    [TestCase(true)]
    public void Run_OfManyInputs_GivesEachMemoryAtAMultipleOf16(bool isTogether)
    {
        RunInput[] inputs = [.. Enumerable.Range(0, 7).Select(i => Input((byte)i))];
        using var program = (IContendedProgram)Load();
        ObservationBatch batch = Batch(inputs.Length);

        if (isTogether) program.RunTogether(inputs, 0, batch);
        else program.Run(inputs, batch);

        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.That((batch[i].R0, batch.Data(i)[0], batch.Data(i)[DataBytes - 1]), Is.EqualTo((0ul, (byte)(i + 1), (byte)1)));
        }
    }

    [TestCase(0, 0ul, "")]
    [TestCase(1, 0ul, "header says: no array of one entry with eight bytes has this number")]
    [TestCase(2, 0ul, "header says: no array of one entry with eight bytes has this number")]
    public void RunTogether_OverAMap_NeedsOneThatHoldsACell(int map, ulong cell, string reason)
    {
        using var program = (IContendedProgram)Load();
        ObservationBatch batch = Batch(2);

        Assert.That(program.RunTogether([Input(0), Input(1)], map, batch), Is.EqualTo(cell));
        Assert.That((batch.Reason(0), batch.Reason(1)), Is.EqualTo((reason, reason)));
    }

    [Test]
    public void Run_ThatShowsARegisterBehindR10_IsTroubleAndNotLeftOut()
    {
        using ILoadedProgram program = Load();
        ObservationBatch batch = Batch(1);

        program.Run([Input(0xee)], batch);

        Assert.That((batch[0].Status, batch.Reason(0)), Is.EqualTo((ExecutionStatus.Inconclusive, "header says: the machine shows registers behind r10")));
    }

    [Test]
    public void Verdict_WithALongText_EndsWithAWholeCharacter()
    {
        string message = _target.Load(Slots.Request([])).Verdict.Message;

        Assert.That(message, Is.EqualTo(new string('é', 32_767)));
    }

    private ILoadedProgram Load() =>
        _target.Load(Slots.Request([Slots.Move(0, 0), Slots.Exit], DataBytes, Slots.Array("cell", 8), Slots.Array("narrow", 4))).Program!; // it takes all but nothing

    private static RunInput Input(byte first) => new((byte[])[first, .. new byte[DataBytes - 1]]);

    private static ObservationBatch Batch(int count)
    {
        var batch = new ObservationBatch();
        batch.Reset(count, DataBytes);
        return batch;
    }
}
