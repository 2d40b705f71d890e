using BpfConformance.Engine.Cases;
using NUnit.Framework;

namespace BpfConformance.Tests.Engine;

[TestFixture]
public sealed class CaseLoaderTests
{
    private const string Vector = "-- asm\nr0 = 1\nexit\n-- result\n1\n";
    private string _folder = string.Empty;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("bpfconf-loader-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static IEnumerable<string> Messages(CaseSet set) => set.Errors.Select(error => error.Message);

    [Test]
    public void Load_WhenInterrupted_SaysThatFilesAreMissing()
    {
        CaseSet cases = CaseLoader.Load([Repository.PathOf("conformance", "post-rfc")], new CancellationToken(canceled: true));

        Assert.That(cases.Cases, Is.Empty);
        Assert.That(cases.Errors.Single().Message, Is.EqualTo("interrupted: not all files were read"));
    }

    [Test]
    public void Load_Folder_FindsAllBelowInOrdinalOrder()
    {
        Write("b/x.vector", Vector);
        Write("a/x.vector", Vector);
        Write("B.vector", Vector);
        Write("a.data", "-- asm\nexit\n-- result\n0\n");
        Write("README.md", "-- nothing");

        CaseSet set = CaseLoader.Load([_folder]);

        Assert.Multiple(() =>
        {
            Assert.That(set.Cases.Select(test => test.Name), Is.EqualTo(new[] { "B.vector", "a.data", "a/x.vector", "b/x.vector" }));
            Assert.That(set.Cases[3].File, Is.EqualTo(Path.Combine(_folder, "b/x.vector")));
            Assert.That(set.Errors, Is.Empty);
        });
    }

    [Test]
    public void Load_FileNamedTwice_IsReadOnce()
    {
        string file = Write("x.vector", Vector);

        CaseSet set = CaseLoader.Load([file, _folder]);

        Assert.That(set.Cases.Select(test => test.Name), Is.EqualTo(new[] { "x.vector" }));
    }

    [TestCase("suite", true)]
    [TestCase("suite/a", false)]
    [TestCase("suite/a/", false)]
    [TestCase("suite/a/x.vector", false)]
    public void Load_PartOfASuite_NamesCasesFromItsFolder(string part, bool isWhole)
    {
        Write("suite/isa.csv", string.Empty);
        Write("suite/a/x.vector", Vector);

        CaseSet set = CaseLoader.Load([Path.GetFullPath(Path.Combine(_folder, part))]);

        Assert.That(set.Cases.Select(test => test.Name), Is.EqualTo(new[] { "a/x.vector" }));
        Assert.That(set.Suites, Does.Contain(new SuitePart(Path.Combine(_folder, "suite"), isWhole)));
    }

    [Test]
    public void Load_AMemberOfAGrid_IsItAlone()
    {
        string file = Write("g.grid", "-- axes\nn = 1 2\n-- asm\nr0 = 1\n-- rejected\nFallsOffEnd\n");

        CaseSet set = CaseLoader.Load([$"{file}/n=2", $"{file}/n=2", $"{file}/n=3", $"{file}x/n=3"]);

        Assert.That(set.Cases.Select(test => test.Name), Is.EqualTo(new[] { "g.grid/n=2" }));
        Assert.That(Messages(set), Is.EqualTo(new[] { "no member 'n=3'; the first of 2 is 'n=1'", "no such file or directory" }));
    }

    [Test]
    public void Load_SeveralBadFiles_ReportsAllAndKeepsTheGood()
    {
        Write("1.vector", "-- asm\nexit\n");
        Write("2.vector", Vector);
        Write("3.vector", "-- nonsense\n");
        Write("4.data", "-- asm\nbad %r0\n-- result\n0\n");

        CaseSet set = CaseLoader.Load([_folder, Path.Combine(_folder, "none")]);

        Assert.Multiple(() =>
        {
            Assert.That(set.Cases.Select(test => test.Name), Is.EqualTo(new[] { "2.vector" }));
            Assert.That(set.Errors.Select(error => (Path.GetFileName(error.File), error.Line)), Is.EqualTo(new[]
            {
                ("1.vector", 0), ("3.vector", 1), ("4.data", 2), ("none", 0),
            }));
        });
    }

    [Test]
    public void Load_FolderWithoutVectors_SaysSo()
    {
        Write("README.md", "text");

        Assert.That(Messages(CaseLoader.Load([_folder])), Is.EqualTo(new[] { "no .vector, .grid or .data file in this directory or below" }));
    }

    [Test]
    public void Load_NothingThere_SaysSo() =>
        Assert.That(
            CaseLoader.Load(["/no/such/path"]).Errors.Select(error => error.ToString()),
            Is.EqualTo(new[] { "/no/such/path: no such file or directory" }));

    [Test]
    public void Load_OtherKindOfFile_SaysSo()
    {
        string file = Write("notes.txt", Vector);

        Assert.That(Messages(CaseLoader.Load([file])), Is.EqualTo(new[] { "holds no case, expected a .vector, .grid or .data file" }));
    }

    [Test]
    public void Load_BinaryJunk_SaysSo()
    {
        string file = Write("x.vector", "-- asm\nexit\n\0\u0001");

        CaseSet set = CaseLoader.Load([file]);

        Assert.That((set.Errors[0].Line, set.Errors[0].Message), Is.EqualTo((3, "holds bytes that are no text, expected UTF-8")));
    }

    [Test]
    public void Load_InvalidUtf8_SaysSo()
    {
        string file = Path.Combine(_folder, "x.vector");
        File.WriteAllBytes(file, [.. "-- asm\n"u8, 0xff, 0xfe]);

        CaseSet set = CaseLoader.Load([file]);

        Assert.That((set.Errors[0].Line, set.Errors[0].Message), Is.EqualTo((2, "holds bytes that are no text, expected UTF-8")));
    }

    [Test]
    public void Load_HundredMegabytes_IsRefusedBeforeItIsRead()
    {
        string file = Path.Combine(_folder, "x.vector");
        using (FileStream stream = File.Create(file)) stream.SetLength(100 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();

        CaseSet set = CaseLoader.Load([file]);

        Assert.Multiple(() =>
        {
            Assert.That(Messages(set), Is.EqualTo(new[] { "104857600 bytes, expected at most 16 MiB" }));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
        });
    }

    [Test]
    [Platform(Include = "Unix")]
    public void Load_EndlessDevice_IsRefused()
    {
        string link = Path.Combine(_folder, "x.vector");
        File.CreateSymbolicLink(link, "/dev/zero");

        Assert.That(Messages(CaseLoader.Load([link])), Is.EqualTo(new[] { "more than 16777216 bytes, expected at most 16 MiB" }));
    }

    [Test]
    [Platform(Include = "Unix")]
    public void ProgramFile_EndlessDevice_IsRefused()
    {
        string link = Path.Combine(_folder, "x.bin");
        File.CreateSymbolicLink(link, "/dev/zero");

        Assert.That(
            () => ProgramFile.Read(link, data: null, []),
            Throws.Exception.Property("Problem").EqualTo("more than 16777216 bytes, expected at most 16 MiB"));
    }

    [Test]
    [Platform(Include = "Unix")]
    public void Load_DeadLink_SaysSo()
    {
        string link = Path.Combine(_folder, "x.vector");
        File.CreateSymbolicLink(link, "/no/such/file");

        Assert.That(Messages(CaseLoader.Load([_folder])), Is.EqualTo(new[] { "no such file" }));
    }

    [Test]
    [Platform(Include = "Linux")]
    public void Load_UnreadableFile_SaysSo()
    {
        // Root may read every file, but nobody may read address 0.
        string file = Path.Combine(_folder, "x.vector");
        File.CreateSymbolicLink(file, "/proc/self/mem");

        Assert.That(Messages(CaseLoader.Load([file])).Single(), Does.StartWith("cannot be read: "));
    }

    [Test]
    [Platform(Include = "Unix")]
    public void Load_LinkToItsOwnFolder_EndsWithAWarning()
    {
        Write("a/x.vector", Vector);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "a/round"), _folder);

        CaseSet set = CaseLoader.Load([_folder]);

        Assert.Multiple(() =>
        {
            Assert.That(set.Cases.Select(test => test.Name), Is.EqualTo(new[] { "a/x.vector" }));
            Assert.That(set.Warnings.Select(warning => warning.Message), Is.EqualTo(new[]
            {
                "a link to a directory is not followed; name it to have it searched",
            }));
        });
    }

    [TestCase("x.asm", "r0 = 1\nexit\n", 2)]
    [TestCase("x.hex", "b700000001000000\n9500000000000000\n", 2)]
    [TestCase("x.vector", Vector, 2)]
    public void ProgramFile_Text_IsRead(string name, string text, int slots)
    {
        TestCase test = ProgramFile.Read(Write(name, text), data: null, []);

        Assert.That(test.Program.Instructions, Has.Length.EqualTo(slots));
    }

    [Test]
    public void ProgramFile_Bytes_AreReadAndStateNothing()
    {
        string file = Path.Combine(_folder, "x.bin");
        File.WriteAllBytes(file, Convert.FromHexString("b7000000010000009500000000000000"));

        TestCase test = ProgramFile.Read(file, new byte[] { 1, 2 }, []);

        Assert.Multiple(() =>
        {
            Assert.That(test.Program.Instructions, Has.Length.EqualTo(2));
            Assert.That(test.Expectation, Is.EqualTo(Expectation.None));
            Assert.That(test.Inputs[0].Data.ToArray(), Is.EqualTo(new byte[] { 1, 2 }));
        });
    }

    [TestCase("x.hex", "b7000000010000009500000000\n", "the bytecode ends after 13 bytes, expected a multiple of 8")]
    [TestCase("x.hex", "b7000000010000009\n", "found 17 hexadecimal digits, expected two for each byte")]
    [TestCase("x.bin", "1234567", "7 bytes of bytecode, expected a multiple of 8")]
    [TestCase("x.elf", "", "holds no program, expected a .vector, .data, .asm, .hex or .bin file, or FILE.grid/MEMBER")]
    public void ProgramFile_SomethingWrong_SaysWhat(string name, string text, string problem)
    {
        string file = Write(name, text);

        Assert.That(() => ProgramFile.Read(file, data: null, []), Throws.Exception.Property("Problem").EqualTo(problem));
    }
}
