using System.CommandLine;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf disasm</c>: bytes to text.</summary>
internal static class DisasmVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "A .hex, .bin, .vector, .data or .asm file, or FILE.grid/MEMBER; - for hex on standard input" };
        var syntax = new Option<string>("--syntax") { Description = "Kernel (r0 += r1) or Legacy (add %r0, %r1). Default: Kernel", HelpName = "SYNTAX" };
        var bigEndian = new Option<bool>("--big-endian") { Description = "The bytes of .hex, .bin or standard input are for a big-endian machine" };
        var command = new ExampleCommand(
            "disasm",
            "Disassemble a program, so that assembling the text gives the same bytes.",
            "bpfconf disasm program.bin",
            "echo b700000001000000 9500000000000000 | bpfconf disasm - --syntax Legacy")
        {
            file, syntax, bigEndian,
        };
        command.SetExitCodes("it is disassembled");
        command.SetAction(parsed =>
        {
            ByteOrder order = parsed.GetValue(bigEndian) ? ByteOrder.BigEndian : ByteOrder.LittleEndian;
            Syntax spelling = SyntaxOf(parsed.GetValue(syntax) ?? nameof(Syntax.Kernel));
            BpfProgram program = Read(parsed.GetRequiredValue(file), order);
            TextWriter output = parsed.InvocationConfiguration.Output;
            for (int index = 0; index < program.Count; index++)
            {
                if (index > 0) output.WriteLine($"# {program[index].Name}");
                output.Write(Disassembler.Listing(program.Instructions.AsSpan()[program.SlotsOf(index)], spelling));
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Syntax SyntaxOf(string word)
    {
        foreach (Syntax each in Enum.GetValues<Syntax>())
        {
            if (word.Equals($"{each}", StringComparison.OrdinalIgnoreCase)) return each;
        }

        throw new UsageException($"there is no syntax '{word}', expected one of {string.Join(", ", Enum.GetNames<Syntax>())}");
    }

    private static BpfProgram Read(string file, ByteOrder order) => (file, Path.GetExtension(file)) switch
    {
        ("-", _) => BpfProgram.FromBytes(HexText.Parse(Console.In.ReadToEnd(), "standard input"), order, source: "standard input"),
        (_, ".hex") => BpfProgram.FromBytes(HexText.Parse(SourceFile.ReadText(file), file), order, source: file),
        (_, ".bin") => BpfProgram.FromBytes(SourceFile.ReadBytes(file), order, source: file),
        _ => ProgramFile.Read(file, data: null, []).Program,
    };
}
