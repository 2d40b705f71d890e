using System.Globalization;
using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Jit;
using BpfConformance.Jit.X64;
using BpfConformance.Loading.Assembly;
using Iced.Intel;
using NUnit.Framework;
using Assembler = BpfConformance.Loading.Assembly.Assembler;
using Decoded = Iced.Intel.Instruction;
using Instruction = BpfConformance.Abi.Instructions.Instruction;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>
/// The code itself, written down: what a change makes of it is seen in the listing, also where the program would do the same and
/// only take longer.
/// </summary>
[TestFixture]
internal sealed unsafe class ListingTests
{
    /// <summary>No number in the programs is so large.</summary>
    private const ulong SmallestAddress = 1ul << 40;

    private readonly Disassembly _disassembly = new();

    [SetUp]
    public void NeedTheProcessor()
    {
        if (X64Program.WhyUnavailable() is { } reason) Assert.Ignore(reason);
    }

    [Test]
    public void Code_OfProgramsOfEachKind_AsVerified()
    {
        var listing = new StringBuilder();
        foreach (ListedProgram program in ListedPrograms.All)
        {
            foreach (JitOptions options in program.Options) Write(listing, program, options);
        }

        Snapshot.Verify(listing.ToString());
    }

    [Test]
    public void Code_ThatAllProgramsShare_AsVerified()
    {
        var listing = new StringBuilder();
        const int Half = SharedCode.OwnBytes / 2;
        byte* routines = SharedCode.Instance.ProgramsStart - SharedCode.OwnBytes;
        byte* handler = routines + Half;
        Dictionary<ulong, string> names = RoutineNames();
        names[(ulong)handler] = "the handler of signals";
        WriteCode(listing, [.. Used(routines, Half), .. Used(handler, Half)], names, _ => "");
        Snapshot.Verify(listing.ToString());
    }

    private void Write(StringBuilder listing, ListedProgram listed, JitOptions options)
    {
        Instruction[] program = [.. Assembler.Assemble(listed.Text).Instructions];
        using X64Program loaded = X64Program.TryLoad(new BpfProgram([.. program], listed.Type), listed.Maps, dataBytes: 64, options, listed.HasShifts, out _)!; // it is valid

        // The thread's workspace still has what was emitted last.
        var map = CodeMap.Of(program, Workspace.Current);
        string[] ways =
        [
            options.IsChecked ? "checked" : "trusted", .. options.IsMetered ? ["metered"] : Array.Empty<string>(),
            .. options.ShowsRegisters ? ["showing registers"] : Array.Empty<string>(),
        ];
        listing.Append(CultureInfo.InvariantCulture, $"# {listed.Title}: {string.Join(", ", ways)}\n\n");
        fixed (byte* start = loaded.Code)
        {
            ulong address = (ulong)start;
            WriteCode(listing, Disassembly.Of(loaded.Code, address), RoutineNames(), place =>
            {
                int pc = map.PcAt((int)(place - address));
                return $"{pc}: {Disassembler.Format(program, pc)}";
            });
        }
    }

    /// <param name="listing">Where to.</param>
    /// <param name="code">The instructions.</param>
    /// <param name="names">Of places that have one; the others that jumps lead to are numbered.</param>
    /// <param name="headingOf">What the instruction at an address belongs to.</param>
    private void WriteCode(StringBuilder listing, List<Decoded> code, Dictionary<ulong, string> names, Func<ulong, string> headingOf)
    {
        IEnumerable<ulong> targets = code.Where(IsBranch).Select(each => each.NearBranchTarget).Distinct().Order();
        int routines = names.Count;
        foreach (ulong target in targets) names.TryAdd(target, $"L{names.Count - routines + 1}");
        string heading = "";
        foreach (Decoded each in code)
        {
            if (headingOf(each.IP) is var next && next != heading) listing.Append(heading = next).Append('\n');
            if (names.TryGetValue(each.IP, out string? name)) listing.Append(CultureInfo.InvariantCulture, $"  {name}:\n");
            listing.Append(CultureInfo.InvariantCulture, $"    {TextOf(each, names)}\n");
        }

        listing.Append('\n');
    }

    /// <summary>Without what differs from process to process.</summary>
    private string TextOf(in Decoded instruction, Dictionary<ulong, string> names)
    {
        string text = _disassembly.TextOf(instruction);
        if (IsBranch(instruction)) return text.Replace($"{instruction.NearBranchTarget}", names[instruction.NearBranchTarget], StringComparison.Ordinal);
        bool isAddress = instruction.Code == Code.Mov_r64_imm64 && instruction.Immediate64 is > SmallestAddress and < long.MaxValue;
        return isAddress ? text.Replace($"{instruction.Immediate64}", "address", StringComparison.Ordinal) : text;
    }

    /// <summary>The instructions before the zeros behind them.</summary>
    private static List<Decoded> Used(byte* start, int bytes) => Disassembly.Of(new ReadOnlySpan<byte>(start, bytes).TrimEnd((byte)0), (ulong)start);

    private static bool IsBranch(Decoded instruction) => instruction.IsJccShortOrNear || instruction.IsJmpShortOrNear || instruction.IsCallNear;

    private static Dictionary<ulong, string> RoutineNames() =>
        Enum.GetValues<SharedRoutine>().ToDictionary(each => (ulong)SharedCode.Instance.AddressOf(each), each => $"{each}");
}
