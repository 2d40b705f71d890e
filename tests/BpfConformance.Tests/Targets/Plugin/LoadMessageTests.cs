using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Plugin.Protocol;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Plugin.MessageBodies;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>What is loaded, written and read again, and what is refused.</summary>
internal sealed class LoadMessageTests
{
    [Test]
    public void Load_WrittenAndRead_IsTheSame()
    {
        var request = new LoadRequest(
            new BpfProgram([new Instruction(0xb7, 0, -2, 7), new Instruction(0x95, 0, 0, 0)], ProgramType.SocketFilter),
            [new MapDefinition("cells", MapType.Array, 4, 8, 1, MapFlags.Mmapable)],
            513)
        {
            InstructionBudget = 1 << 30,
        };
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.None)), (ref BodyReader reader) => read = LoadBody.Read(ref reader), mustBeRight: true);

        Assert.That(read!.Program, Is.EqualTo(request.Program));
        Assert.That(read.Maps, Is.EqualTo(request.Maps));
        Assert.That((read.DataBytes, read.InstructionBudget), Is.EqualTo((513, 1L << 30)));
    }

    [Test]
    public void Load_ForAUserSpace_HasContentsAndSequence()
    {
        MapDefinition inner = new("inner", MapType.Array, 4, 8, 1);
        MapDefinition outer = new("outer", MapType.HashOfMaps, 4, 4, 2)
        {
            InnerMap = 0,
            Extra = 5,
            Contents = [new MapEntry(new byte[] { 1, 0, 0, 0 }, new byte[] { 0, 0, 0, 0 })],
        };
        var request = new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [inner, outer], 0) { IsSequence = true };
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.UserSpace)), (ref BodyReader reader) => read = LoadBody.Read(ref reader), mustBeRight: true);

        Assert.That(read!.IsSequence);
        Assert.That(read.Maps.Select(map => map with { Contents = [] }), Is.EqualTo(new[] { inner, outer with { Contents = [] } }));
        Assert.That(
            read.Maps[1].Contents.Select(entry => (Convert.ToHexString(entry.Key.Span), Convert.ToHexString(entry.Value.Span))),
            Is.EqualTo(new[] { ("01000000", "00000000") }));
    }

    [Test]
    public void Load_ForAMachineWithFields_HasThem()
    {
        ImmutableArray<ValueField> fields = [new(ValueFieldKind.SpinLock, 0), new(ValueFieldKind.Timer, 8)];
        MapDefinition[] maps = [new("a", MapType.Array, 4, 24, 1), new("b", MapType.Hash, 4, 24, 1) { Fields = fields }];
        var request = new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [.. maps], 0);
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.Fields)), (ref BodyReader reader) => read = LoadBody.Read(ref reader, BodyParts.Fields), mustBeRight: true);

        Assert.That(read!.Maps.Select(map => map.Fields), Is.EqualTo(new[] { [], fields }));
    }

    [Test]
    public void Load_OfPinnedMaps_SaysWhere()
    {
        MapPin?[] pins = [new(PinNamespace.Global, "shared"), null, new(PinNamespace.Object, "shared")];
        MapDefinition[] maps = [.. pins.Select((pin, index) => new MapDefinition($"m{index}", MapType.Array, 4, 8, 1) { Pin = pin })];
        var request = new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [.. maps], 0);
        LoadRequest? read = null;

        Reads(Body(writer => LoadBody.Write(writer, request, BodyParts.All)), (ref BodyReader reader) => read = LoadBody.Read(ref reader), mustBeRight: true);

        Assert.That(read!.Maps.Select(map => map.Pin), Is.EqualTo(pins));
    }

    [TestCase((byte)3, "x", Description = "no such namespace")]
    [TestCase((byte)2, "../x", Description = "a path that leads elsewhere")]
    [TestCase((byte)1, "", Description = "no name")]
    [TestCase((byte)1, "a/b", Description = "two names")]
    [TestCase((byte)1, "1a", Description = "a name that begins with a digit")]
    public void Load_WithAPinThatIsNone_IsRefused(byte kind, string name)
    {
        byte[] body = Body(writer =>
        {
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [new("a", MapType.Array, 4, 24, 1)], 0), BodyParts.All);
            writer.U8(kind);
            writer.Text(name);
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader), mustBeRight: true), Throws.TypeOf<BpfFormatException>());
    }

    [TestCase((byte)4, 0u, Description = "no such kind")]
    [TestCase((byte)0, 65_536u, Description = "too far away")]
    public void Load_WithAFieldThatIsNone_IsRefused(byte kind, uint offset)
    {
        byte[] body = Body(writer =>
        {
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [new("a", MapType.Array, 4, 24, 1)], 0), BodyParts.None);
            writer.U8(1);
            writer.U8(kind);
            writer.U32(offset);
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader, BodyParts.Fields), mustBeRight: true), Throws.TypeOf<BpfFormatException>());
    }

    [TestCase(0u, 1u, true, Description = "what is there")]
    [TestCase(1u, 0u, false, Description = "an inner map that is not before it")]
    [TestCase(0u, 5u, false, Description = "a value that is no map before it")]
    public void Load_ForAUserSpace_NamesOnlyMapsBeforeIt(uint inner, uint value, bool isRight)
    {
        byte[] body = Body(writer =>
        {
            MapDefinition[] maps = [new("a", MapType.Array, 4, 8, 1), new("b", MapType.Array, 4, 8, 1), new("c", MapType.HashOfMaps, 4, 4, 2)];
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([new Instruction(0x95, 0, 0, 0)]), [.. maps], 0), BodyParts.None);
            writer.U8(0);
            WriteMap(writer, uint.MaxValue, []);
            WriteMap(writer, isRight ? uint.MaxValue : inner, []);
            WriteMap(writer, 0, [(1, value)]);
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader), mustBeRight: true), isRight ? Throws.Nothing : Throws.TypeOf<BpfFormatException>());

        static void WriteMap(FrameWriter writer, uint template, (uint Key, uint Value)[] entries)
        {
            writer.U32(template);
            writer.U64(0);
            writer.U32((uint)entries.Length);
            foreach ((uint key, uint map) in entries)
            {
                writer.U32(key);
                writer.U32(map);
            }
        }
    }

    [Test]
    public void Load_OfSeveralPrograms_SaysWhereEachBegins()
    {
        var exit = new Instruction(0x95, 0, 0, 0);
        var program = new BpfProgram([exit, exit, exit], ProgramType.SocketFilter)
        {
            Others = [new ProgramPart("second", 1, ProgramType.SocketFilter), new ProgramPart("third", 2, ProgramType.Xdp)],
        };
        LoadRequest? read = null;

        Reads(
            Body(writer => LoadBody.Write(writer, new LoadRequest(program, [], 0), BodyParts.UserSpace | BodyParts.Programs)),
            (ref BodyReader reader) => read = LoadBody.Read(ref reader),
            mustBeRight: true);

        Assert.That(read!.Program, Is.EqualTo(program));
    }

    [TestCase(2u, 1u, 0u, Description = "a program that begins before another")]
    [TestCase(1u, 4u, 0u, Description = "a program behind the last slot")]
    [TestCase(1u, 2u, 3u, Description = "an entry of an array that is no program")]
    public void Load_OfSeveralPrograms_RefusesWhatIsNotThere(uint first, uint second, uint entry)
    {
        var exit = new Instruction(0x95, 0, 0, 0);
        var jumps = new MapDefinition("jumps", MapType.ProgArray, 4, 4, 1)
        {
            Contents = [new MapEntry(new byte[4], BitConverter.GetBytes(entry))],
        };
        byte[] body = Body(writer =>
        {
            LoadBody.Write(writer, new LoadRequest(new BpfProgram([exit, exit, exit]), [jumps], 0), BodyParts.UserSpace);
            writer.U32(2);
            foreach (uint start in (uint[])[first, second])
            {
                writer.U32((uint)ProgramType.Unspecified);
                writer.U32(start);
                writer.Text("other");
            }
        });

        Assert.That(() => Reads(body, (ref BodyReader reader) => LoadBody.Read(ref reader), mustBeRight: true), Throws.TypeOf<BpfFormatException>());
    }
}
