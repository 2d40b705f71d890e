using BpfConformance.Targets;
using NUnit.Framework;

namespace BpfConformance.Tests.Cli;

internal sealed class GridVerbTests
{
    private const string Returns = """
        -- axes
        form add: w0 += w3
        form sub: w0 -= w3
        -- maps
        m: array key 4 value 8 entries 1
        -- asm
        w0 = *(u32 *)(r1 + 0)
        w3 = *(u32 *)(r1 + 4)
        {form}
        r4 = map_val(map_by_fd(m)) + 0 ll
        *(u32 *)(r1 + 4) = w0
        exit
        -- items
        a = 1 0xffffffff
        u32 {a}
        u32 1

        """;

    private TemporaryFolder _folder = null!; // before each test

    [SetUp]
    public void Open() => _folder = new TemporaryFolder();

    [TearDown]
    public void Close() => _folder.Dispose();

    [Test]
    public void Sign_WhereAllAgree_WritesTheSignaturesAndRunPasses()
    {
        string file = SignedOrIgnored("g.grid", Returns);

        // FNV-1a, by hand, over 0200000000000000 0100000002000000 0000000000000000 ffffffff00000000, and the same for sub.
        Assert.That(File.ReadAllText(Path.ChangeExtension(file, ".signature")), Is.EqualTo("add 7a41876dc7f01dc0\nsub b0b3ed0ee216ca08\n"));
        Invocation run = Bpfconf.Run("run", file, "--target", "reference");
        Assert.That((run.Code, run.Output), Is.EqualTo((0, "reference: 2 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n")));
    }

    [TestCase("r0 <<= 64", "1 legally divergent")]
    [TestCase("callx r8", "1 unsupported")]
    public void Sign_MembersThatTheKernelDoesNotRun_SaysHowMany(string form, string why)
    {
        SkipWithoutKernel();
        string file = _folder.Write("g.grid", $"-- axes\nform mov: r0 = 1\nform other: {form}\n-- asm\nr8 = 5\nr0 = 1\n{{form}}\nr0 = 1\nexit\n-- rejected\nShiftOutOfRange or runs\n");

        Invocation sign = Bpfconf.Run("grid", "sign", file);

        Assert.That(sign.Output, Is.EqualTo($"{file}: 2 members signed by reference; il agrees on all; x64 agrees on all; kernel agrees on 1, 1 signed without it: {why}\n"));
    }

    [TestCase("")]
    [TestCase("-- rejected\nUnknownHelper or runs\n")]
    public void Sign_AProgramThatTheKernelRefusesAndMayNot_WritesNothing(string rejected)
    {
        SkipWithoutKernel();
        string file = _folder.Write("g.grid", $"-- axes\nn = 64\n-- asm\nr0 = 1\nr0 <<= {{n}}\nexit\n{rejected}");

        Invocation sign = Bpfconf.Run("grid", "sign", file);

        Assert.That(sign.Code, Is.EqualTo(1));
        Assert.That(sign.Output, Does.StartWith($"{file}/n=64: not signed: kernel: "));
        Assert.That(Path.ChangeExtension(file, ".signature"), Does.Not.Exist);
    }

    [TestCase("r0 = *(u8 *)(r1 + {n})", "faulted: OutOfBoundsLoad at 0")]
    [TestCase("r0 = 1\nif r0 == 1 goto -1", "timedout")]
    [TestCase("if r1 > r10 goto +0", "inconclusive: what happens at pc 0 is a machine's own: it depends on an address, time or chance")]
    public void Sign_RunsThatDoNotReturn_SaysHowTheFirstEnded(string program, string end)
    {
        SkipWithoutKernel();
        string file = _folder.Write("g.grid", $"-- axes\nn = 9\n-- asm\n{program}\nexit\n-- items\na = 1 2\nu32 {{a}}\n");

        Invocation sign = Bpfconf.Run("grid", "sign", file);

        Assert.That((sign.Code, sign.Output), Is.EqualTo((1, $"{file}/n=9: not signed: reference: run 1 of 2 {end}\n")));
        Assert.That(Path.ChangeExtension(file, ".signature"), Does.Not.Exist);
        Assert.That(Bpfconf.Run("grid", "show", $"{file}/n=9").Error, Is.EqualTo($"bpfconf: reference: run 1 of 2 {end}\n"));
    }

    [Test]
    public void Sign_ResultsThatHoldAnAddress_WritesNothing()
    {
        SkipWithoutKernel();
        string file = _folder.Write("g.grid", "-- axes\nn = 1\n-- asm\nr0 = r10\nexit\n");

        Assert.That(Bpfconf.Run("grid", "sign", file).Code, Is.EqualTo(1));
        Assert.That(Path.ChangeExtension(file, ".signature"), Does.Not.Exist);
    }

    [Test]
    public void Sign_WithoutATarget_SaysSoAndWritesNothing_ElseSigns()
    {
        bool isComplete = TargetRegistry.All.All(entry => entry.WhyUnavailable() is null);
        string file = _folder.Write("g.grid", Returns);

        Invocation sign = Bpfconf.Run("grid", "sign", file);

        Assert.That(sign.Code, Is.EqualTo(isComplete ? 0 : 3));
        Assert.That(sign.Error.StartsWith("bpfconf: kernel is not available: ", StringComparison.Ordinal), Is.EqualTo(!isComplete));
        Assert.That(File.Exists(Path.ChangeExtension(file, ".signature")), Is.EqualTo(isComplete));
    }

    [Test]
    public void Sign_AGridWithoutResults_SaysSo()
    {
        SkipWithoutKernel();
        string file = _folder.Write("g.grid", Returns + "-- malformed\n");

        Assert.That(Bpfconf.Run("grid", "sign", file).Error, Is.EqualTo($"bpfconf: '{file}' states no results: there is nothing to sign\n"));
    }

    [Test]
    public void Show_OfAMember_AsVerified()
    {
        string file = _folder.Write("g.grid", Returns);
        Snapshot.Verify(Bpfconf.Run("grid", "show", $"{file}/sub").Output.Replace(_folder.FullName, "FOLDER", StringComparison.Ordinal));
    }

    [Test]
    public void Show_OfAMemberWithAnotherSignature_SaysSoAndIsStillAVector()
    {
        string file = _folder.Write("g.grid", Returns);
        string signatures = _folder.Write("g.signature", "add 7a41876dc7f01dc0\nsub 0000000000000001\n");

        Assert.That(Bpfconf.Run("grid", "show", $"{file}/add").Output, Does.EndWith("\nffffffff01000000 -> 0x0 / ffffffff00000000\n"));
        Assert.That(Bpfconf.Run("grid", "show", $"{file}/sub").Output, Does.EndWith(
            "\nffffffff01000000 -> 0xfffffffe / fffffffffeffffff\n"
            + $"# These runs give signature b0b3ed0ee216ca08, but {signatures} states 0000000000000001: 'bpfconf grid sign {file}' if the grid was changed on purpose\n"));
        Assert.That(RunOfShown(file, "sub"), Is.EqualTo("reference: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"));
    }

    [TestCase("")]
    [TestCase("-- rejected\nShiftOutOfRange or runs\n")]
    public void Show_IntoAVector_Passes(string section)
    {
        string file = _folder.Write("g.grid", Returns + section);
        Assert.That(RunOfShown(file, "add"), Is.EqualTo("reference: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"));
    }

    [TestCase("-- axes\nn = 9\n-- asm\nr0 = *(u8 *)(r1 + {n})\nexit\n-- items\nu64 1\n-- faults\nOutOfBoundsLoad at 0\n")]
    [TestCase("-- axes\nn = 9\n-- asm\nr0 = *(u8 *)(r1 + {n})\nexit\n-- items\nu64 1\n-- faults\n")]
    [TestCase("-- axes\nn = 9\n-- asm\ngoto -1\n-- faults\nbudget\n")]
    [TestCase("-- axes\nn = 9\n-- asm\n.raw 0x{n}{n}\nexit\n-- malformed\n")]
    [TestCase("-- axes\nn = 9\n-- asm\nr0 = 1\n-- rejected\nFallsOffEnd\n")]
    [TestCase("-- axes\nn = 9\n-- type\nsocket_filter\n-- asm\nr6 = r1\n.raw {0x30+n*0x100}\nexit\n-- malformed\nReservedField\n")]
    [TestCase("-- axes\nn = 9\n-- type\nsocket_filter\n-- asm\nr6 = r1\n.raw {0x30+n*0x100}\nexit\n-- items\nu64 7\n-- malformed\nReservedField\n")]
    public void Show_OfWhatDoesNotReturn_PassesAsAVector(string text) =>
        Assert.That(RunOfShown(_folder.Write("g.grid", text), "n=9"), Is.EqualTo("reference: 1 passed, 0 failed, 0 unsupported, 0 deviations\nnothing failed\n"));

    private string RunOfShown(string file, string member)
    {
        string vector = _folder.Write("shown.vector", Bpfconf.Run("grid", "show", $"{file}/{member}").Output);
        Invocation run = Bpfconf.Run("run", vector, "--target", "reference");
        return run.Output + run.Error;
    }

    private string SignedOrIgnored(string name, string text)
    {
        SkipWithoutKernel();
        string file = _folder.Write(name, text);
        Invocation sign = Bpfconf.Run("grid", "sign", file);
        Assert.That((sign.Code, sign.Output), Is.EqualTo((0, $"{file}: 2 members signed by reference; il agrees on all; x64 agrees on all; kernel agrees on all\n")));
        return file;
    }

    private static void SkipWithoutKernel()
    {
        if (TargetRegistry.All.Select(entry => entry.WhyUnavailable()).OfType<string>().FirstOrDefault() is { } reason) Assert.Ignore(reason);
    }
}
