using System.Collections.Immutable;
using System.ComponentModel;
using System.Globalization;
using BpfConformance.Abi.Instructions;
using BpfConformance.Jit.X64;
using BpfConformance.Tests.Interpreter;
using NUnit.Framework;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Executable memory: who may do what with it, and that it comes back.</summary>
[TestFixture]
internal sealed unsafe class CodeArenaTests
{
    private const string MappingName = "bpfconf code";

    private static readonly Compiler s_x64 = Engine.Compilers.Single(compiler => compiler.Name == "x64");

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        FaultSignals.Install(); // The shared routines come first.
    }

    [Test]
    public void Pages_OfTheArena_AreWritableOrExecutableAndNeverBoth()
    {
        using var machine = new CompiledMachine(s_x64, "r0 = 0\nexit");
        machine.Run();
        string[] permissions = [.. File.ReadLines("/proc/self/maps").Where(line => line.Contains(MappingName, StringComparison.Ordinal)).Select(line => line.Split(' ')[1])];
        Assert.That(permissions, Is.EquivalentTo(new[] { "r-xs", "rw-s" }));
    }

    [Test]
    public void Block_ThatWasFreed_IsTheNextOneOfItsSize()
    {
        CodeBlock first = CodeArena.Shared.Allocate(300);
        CodeArena.Shared.Free(first);
        long used = CodeArena.Shared.UsedBytes;
        CodeBlock second = CodeArena.Shared.Allocate(511);
        Assert.That((second, CodeArena.Shared.UsedBytes), Is.EqualTo((first, used)));
        CodeArena.Shared.Free(second);
    }

    [Test]
    public void Programs_OneAfterTheOther_LieInTheSameBlock()
    {
        Assert.That(Enumerable.Range(0, 100).Select(_ => PlaceOfOne()).Distinct().Count(), Is.EqualTo(1));

        static ulong PlaceOfOne()
        {
            using var machine = new CompiledMachine(s_x64, "r0 = 7\nexit");
            Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 7ul)));
            fixed (byte* code = ((X64Program)machine.Program).Code) return (ulong)code;
        }
    }

    [TestCase(1, 6)]
    [TestCase(64, 6)]
    [TestCase(65, 7)]
    [TestCase(4096, 12)]
    [TestCase(4097, 13)]
    public void Block_OfSoManyBytes_HasTheNextPowerOfTwo(int bytes, int sizeClass)
    {
        CodeBlock block = CodeArena.Shared.Allocate(bytes);
        Assert.That(block.SizeClass, Is.EqualTo(sizeClass));
        CodeArena.Shared.Free(block);
    }

    [Test]
    public void Arena_AskedForMoreThanThereIs_HasNoBlock()
    {
        Assert.That(() => CodeArena.Shared.Allocate(1 << 30), Throws.TypeOf<Win32Exception>());
        using var machine = new CompiledMachine(s_x64, "r0 = 7\nexit");
        Assert.That((machine.Run(), machine.R0), Is.EqualTo((RunEnd.Returned, 7ul)));
    }

    [Test]
    public void Blocks_OfFourThreads_DoNotOverlap()
    {
        int seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(seed + thread);
            var mine = new Queue<(CodeBlock Block, int Bytes, byte Mark)>();
            for (int n = 0; n < 5000; n++)
            {
                int bytes = 1 << random.Next(6, 12);
                CodeBlock block = CodeArena.Shared.Allocate(bytes);
                byte mark = (byte)random.Next();
                new Span<byte>((void*)block.Writable, bytes).Fill(mark);
                mine.Enqueue((block, bytes, mark));
                if (mine.Count > 8) Release(mine.Dequeue());
            }

            while (mine.TryDequeue(out (CodeBlock Block, int Bytes, byte Mark) left)) Release(left);
        });
    }

    [Test]
    public void Block_Of128KiBThatWasFreed_GivesItsMemoryBack()
    {
        const int Bytes = 128 << 10;
        CodeBlock block = CodeArena.Shared.Allocate(Bytes);
        new Span<byte>((void*)block.Writable, Bytes).Fill(0xcc);
        long before = ResidentBytes();
        CodeArena.Shared.Free(block);
        Assert.That(ResidentBytes(), Is.LessThan(before - (Bytes / 2)));
    }

    [Test]
    public void LargeProgram_AfterItsEnd_GivesItsMemoryBack()
    {
        const int Slots = 65_536;
        ImmutableArray<Instruction> program =
        [
            .. Enumerable.Repeat(new Instruction(0x04, Register.R0, Register.R0, 0, 1), Slots - 1),
            new(0x95, Register.R0, Register.R0, 0, 0),
        ];
        using (var first = new CompiledMachine(s_x64, program)) first.Run();
        long before = ResidentBytes();
        long used = CodeArena.Shared.UsedBytes;
        for (int n = 0; n < 20; n++)
        {
            using var machine = new CompiledMachine(s_x64, program);
            Assert.That((machine.Run(), machine.R0, machine.Executed), Is.EqualTo((RunEnd.Returned, (ulong)Slots - 1, (long)Slots)));
            Assert.That(ResidentBytes(), Is.GreaterThan(before + 100_000), "while it is there");
        }

        Assert.That(ResidentBytes(), Is.LessThan(before + 50_000));
        Assert.That(CodeArena.Shared.UsedBytes, Is.EqualTo(used));
    }

    private static void Release((CodeBlock Block, int Bytes, byte Mark) mine)
    {
        var seen = new ReadOnlySpan<byte>((void*)mine.Block.Executable, mine.Bytes);
        if (seen.ContainsAnyExcept(mine.Mark)) Assert.Fail("somebody else wrote to it");
        CodeArena.Shared.Free(mine.Block);
    }

    /// <summary>Of the arena, both views counted.</summary>
    private static long ResidentBytes()
    {
        long kibibytes = 0;
        bool isArena = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.Contains(MappingName, StringComparison.Ordinal)) isArena = true;
            else if (IsMapping(line)) isArena = false;
            else if (isArena && line.StartsWith("Rss:", StringComparison.Ordinal)) kibibytes += long.Parse(line[4..^2], NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite);
        }

        return kibibytes * 1024;
    }

    /// <summary>"7f…-7f… r-xp …": a field has a colon behind its name.</summary>
    private static bool IsMapping(string line) => line.Split(' ')[0].Contains('-', StringComparison.Ordinal);
}
