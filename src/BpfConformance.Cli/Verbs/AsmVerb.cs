using System.CommandLine;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Cases.Grids;
using BpfConformance.Loading.Assembly;
using BpfConformance.Reporting;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf asm</c>: text to bytes.</summary>
internal static class AsmVerb
{
    private const string StandardInput = "-";

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Assembly in the kernel's or the older %r syntax, a .vector or .data file, or FILE.grid/MEMBER; - for standard input" };
        var output = new Option<string>("--output", "-o") { Description = "Write the bytes to this file, instead of hex to standard output", HelpName = "FILE" };
        var bigEndian = new Option<bool>("--big-endian") { Description = "Encode for a big-endian machine" };
        var command = new ExampleCommand(
            "asm",
            "Assemble a program: eight bytes a line as hex, or a file of bytes.",
            "bpfconf asm program.asm",
            "echo 'r0 = 1; exit' | tr ';' '\\n' | bpfconf asm - -o program.bin")
        {
            file, output, bigEndian,
        };
        command.SetExitCodes("it is assembled");
        command.SetAction(parsed =>
        {
            ByteOrder order = parsed.GetValue(bigEndian) ? ByteOrder.BigEndian : ByteOrder.LittleEndian;
            string source = parsed.GetRequiredValue(file);
            ReportOutputs.Check(source == StandardInput ? [] : [source], parsed.GetValue(output));
            OutputFile? target = ReportOutputs.At(parsed.GetValue(output));
            byte[] bytes = Read(source).ToBytes(order);
            if (target is null)
            {
                parsed.InvocationConfiguration.Output.Write(Lines(bytes));
                return ExitCode.Success;
            }

            target.Fill(content => content.Write(bytes));
            target.Save();
            return ExitCode.Success;
        });
        return command;
    }

    private static BpfProgram Read(string file)
    {
        if (CaseFile.IsCase(file) || GridMember.IsNamed(file)) return ProgramFile.Read(file, data: null, []).Program;
        (string text, string source) = file == StandardInput ? (Console.In.ReadToEnd(), "standard input") : (SourceFile.ReadText(file), file);
        return new BpfProgram(Assembler.Assemble(text, source).Instructions);
    }

    private static string Lines(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length * 3);
        for (int at = 0; at < bytes.Length; at += Instruction.SizeBytes)
        {
            text.Append(Convert.ToHexStringLower(bytes.Slice(at, Instruction.SizeBytes))).Append('\n');
        }

        return text.ToString();
    }
}
