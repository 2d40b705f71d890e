using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

/// <summary>Steps in the network, and fates of packets.</summary>
[TestFixture]
public sealed class NetworkReaderTests
{
    private const string Programs = "-- type\nxdp\n-- asm\nr0 = 2\nexit\n-- type in\nsched_cls\n-- attach in\ntcx_ingress\n-- asm in\nr0 = 0\nexit\n-- steps\n";
    private const string Frame = "0102030405060708090a0b0c0d0e";

    private const string Sockets = "-- maps\nm: sockmap key 4 value 8 entries 4\n00000000 = second\n01000000 = ffffffff00000000\n-- asm\nr0 = 2\nexit\n-- steps\n";

    private static TestCase Read(string step) => VectorReader.Read(Programs + step + "\n", "network/x.vector", "x.vector");

    [Test]
    public void Read_Attach_KnowsProgramAndPlace()
    {
        TestCase test = Read("attach in right -> EEXIST");

        Assert.That(test.Inputs[0].Step, Is.EqualTo(new AttachStep(IsDetached: false, 1, NetworkPlace.Right)));
        Assert.That(test.Inputs[0].Result, Is.EqualTo(unchecked((ulong)-17)));
        Assert.That((test.HasNetwork, test.ToRequest().HasNetwork, test.SubjectName), Is.EqualTo((true, true, "network")));
    }

    [TestCase("arrive left " + Frame + " -> main=2 in=-1 receiver 6869", "main=0x2 in=0xffffffffffffffff receiver 6869")]
    [TestCase("arrive left " + Frame + " -> left 01 right 0203 receiver -", "left 01 right 0203 receiver -")]
    [TestCase("arrive right " + Frame + " -> in=0 nothing", "in=0x0 nothing")]
    [TestCase("send 10.0.0.2:9 - -> EPERM nothing", "nothing")]
    public void Read_Fate_IsWhatItSays(string step, string fate)
    {
        TestCase test = Read(step);

        Assert.That(FateText.Of(test, test.Inputs[0].DataAfter!.Value.Span), Is.EqualTo(fate));
        Assert.That(test.Inputs[0].Result, Is.EqualTo(step.Contains("EPERM", StringComparison.Ordinal) ? ulong.MaxValue : 0));
    }

    [Test]
    public void Read_Frames_DecideHowMuchIsSeen()
    {
        TestCase test = Read("send 10.0.0.2:9 0102 -> nothing");

        Assert.That(test.DataBytes, Is.EqualTo(14 + 20 + 8 + 2));
        Assert.That(test.ToRequest().ObservedBytes, Is.EqualTo((2 * 9) + (4 * (5 + 44))));
    }

    [TestCase("attach in group -> ok", "found 'group', expected a place of program in: left, right")]
    [TestCase("attach in -> ok", "found 'attach in -> ok', expected attach PROGRAM PLACE|MAP -> RESULT")]
    [TestCase("detatch in left -> ok", "there is no step 'detatch', expected one of: run, update, lookup, delete, lookup_and_delete, next_key, freeze, lookup_batch, lookup_and_delete_batch, update_batch, delete_batch, consume, produce, pin, get, unlink, mkdir, rmdir, attach, detach, arrive, send, connect, write")]
    [TestCase("attach out left -> ok", "there is no program 'out' in this file")]
    [TestCase("attach in middle -> ok", "found 'middle', expected a place of program in: left, right")]
    [TestCase("detach in left -> 0", "found '0', expected ok, or an errno such as ENOENT")]
    [TestCase("arrive group " + Frame + " -> nothing", "found 'group', expected a device: left, right")]
    [TestCase("arrive left 01 -> nothing", "a frame of 1 bytes, expected 14 to 1514")]
    [TestCase("arrive left " + Frame + " -> main=2", "found 'main=2', expected results of programs as NAME=VALUE, and then 'nothing', or a place and HEX for each packet that comes out")]
    [TestCase("arrive left " + Frame + " -> left", "found 'left', expected results of programs as NAME=VALUE, and then 'nothing', or a place and HEX for each packet that comes out")]
    [TestCase("arrive left " + Frame + " -> ENOENT nothing", "found 'ENOENT', expected a place: left, right, group, receiver, first, second, client, server, host")]
    [TestCase("arrive left " + Frame + " -> left 0 ", "in '0' found 1 hexadecimal digits, expected two for each byte")]
    [TestCase("arrive left " + Frame + " -> left 00 left 00 left 00 left 00 left 00", "a packet too many, expected at most 4")]
    [TestCase("send 10.0.0.2:9 00 -> EPERM", "found 'EPERM', expected results of programs as NAME=VALUE, and then 'nothing', or a place and HEX for each packet that comes out")]
    [TestCase("connect server -> nothing", "found 'server', expected client: the side of the connection that is made")]
    [TestCase("write receiver 00 -> nothing", "found 'receiver', expected a side of the connection: client, server")]
    [TestCase("write client 00 -> -1 nothing", "found '-1', expected a place: left, right, group, receiver, first, second, client, server, host")]
    [TestCase("send 10.0.0:9 00 -> nothing", "found '10.0.0:9', expected an IPv4 address and a port, as in 10.0.0.2:9")]
    [TestCase("send 10.0.0.2:65536 00 -> nothing", "found '10.0.0.2:65536', expected an IPv4 address and a port, as in 10.0.0.2:9")]
    public void Read_SomethingWrong_SaysWhatAndWhere(string step, string problem)
    {
        var error = Assert.Throws<BpfFormatException>(() => Read(step))!;

        Assert.That((error.Line, error.Problem), Is.EqualTo((14, problem)));
    }

    [Test]
    public void Read_AProgramAtAWrongPlace_SaysWhereAllKindsOfProgramsAre()
    {
        var error = Assert.Throws<BpfFormatException>(() => VectorReader.Read("-- type\nsched_cls\n-- asm\nr0 = 0\nexit\n-- steps\nattach main left -> ok\n", "network/x.vector", "x.vector"))!;
        IEnumerable<ProgramType> attached =
            from type in Enum.GetValues<ProgramType>()
            where Enum.GetValues<AttachType>().Any(attachType => Enum.GetValues<NetworkPlace>().Any(place => NetworkHooks.Find(new ProgramPart("main", 0, type, attachType), place) is not null))
            select type;

        Assert.That(attached.ToList(), Has.Count.EqualTo(10));
        Assert.That(attached.Select(type => Vocabulary.ProgramTypes[type]).Where(type => !error.Problem.Contains(type, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Read_SocketsInMaps_AreTheirPlaces()
    {
        TestCase test = VectorReader.Read(Sockets + "lookup m 00000000 -> receiver\nupdate m 00000000 first -> ok\n", "maps/x.vector", "x.vector");

        Assert.That(test.Maps[0].Contents.Select(entry => Convert.ToHexStringLower(entry.Value.Span)), Is.EqualTo((string[])["0500000000000000", "ffffffff00000000"]));
        Assert.That(test.Inputs[0].DataAfter!.Value.ToArray(), Is.EqualTo((byte[])[3, 0, 0, 0, 0, 0, 0, 0]));
        Assert.That(((MapStep)test.Inputs[1].Step!).Value.ToArray(), Is.EqualTo((byte[])[4, 0, 0, 0, 0, 0, 0, 0]));
        Assert.That((test.HasSockets, test.HasNetwork), Is.EqualTo((true, false)));
    }

    [TestCase("left")]
    [TestCase("group")]
    [TestCase("third")]
    [TestCase("clent")]
    public void Read_WhatIsNoSocket_IsNoValue(string word) =>
        Assert.That(
            () => VectorReader.Read(Sockets + $"update m 00000000 {word} -> ok\n", "maps/x.vector", "x.vector"),
            Throws.TypeOf<BpfFormatException>().With.Message.Contains($"found '{word}', expected a socket (receiver, first, second, client, server) or the bytes of a value"));

    [TestCase("attach main m -> ok", "m")]
    [TestCase("detach main m -> ENOENT", "m")]
    public void Read_ProgramsOfMaps_NameTheMap(string step, string map)
    {
        TestCase test = VectorReader.Read("-- type\nsk_msg\n-- maps\nm: sockhash key 4 value 8 entries 4\n-- asm\nr0 = 1\nexit\n-- steps\n" + step + "\n", "network/x.vector", "x.vector");

        var attach = (MapAttachStep)test.Inputs[0].Step!;
        Assert.That((test.Maps[attach.Map].Name, attach.IsDetached), Is.EqualTo((map, step.StartsWith("detach", StringComparison.Ordinal))));
        Assert.That(() => Read("attach main m -> ok"), Throws.TypeOf<BpfFormatException>());
    }

    [TestCase("write client 0102 -> server 0102", 2ul)]
    [TestCase("write client 0102 -> 1 server 01", 1ul)]
    [TestCase("write server 0102 -> EACCES main=0 nothing", unchecked((ulong)-13))]
    [TestCase("write server - -> nothing", 0ul)]
    public void Read_Write_HasWhatItAnswers(string step, ulong result)
    {
        TestCase test = Read(step);

        Assert.That((test.Inputs[0].Result, test.HasSockets), Is.EqualTo(((ulong?)result, true)));
        Assert.That(((WriteStep)test.Inputs[0].Step!).Socket, Is.EqualTo(step.Contains("client", StringComparison.Ordinal) ? NetworkPlace.Client : NetworkPlace.Server));
    }

    [TestCase("")]
    [TestCase("01")]
    [TestCase("000000000000000000000000000000000000" + "00ffffffff01")]
    [TestCase("000000000000000000000000000000000000" + "0700000000")]
    public void FateText_OfWhatIsNoFate_IsSomething(string bytes)
    {
        TestCase test = Read("arrive left " + Frame + " -> nothing");

        Assert.That(FateText.Of(test, Convert.FromHexString(bytes)), Is.Not.Null);
    }

    [Test]
    public void Network_OfAMachineWithoutOne_IsUnsupported()
    {
        TestCase test = Read("arrive left " + Frame + " -> nothing");
        using var target = new FakeTarget("fake");

        Assert.That((target.Capabilities with { HasContexts = true, HasSeveralPrograms = true, HasUserSpace = true, Types = [.. Enum.GetValues<ProgramType>()] }).Lacks(test), Is.EqualTo("has no network with hooks"));
    }

    [TestCase("attach main host -> ok", "sk_lookup\n-- attach\nsk_lookup")]
    [TestCase("attach main first -> ok", "sk_reuseport")]
    public void Sockets_OfAMachineWithOne_AreUnsupported(string step, string type)
    {
        TestCase test = VectorReader.Read($"-- type\n{type}\n-- asm\nr0 = 1\nexit\n-- steps\n{step}\n", "network/x.vector", "x.vector");
        using var target = new FakeTarget("fake");

        Assert.That((target.Capabilities with { HasContexts = true, HasUserSpace = true, HasNetwork = true, Types = [.. Enum.GetValues<ProgramType>()] }).Lacks(test), Does.StartWith("has no sockets"));
    }
}
