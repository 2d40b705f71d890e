using System.CommandLine;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Cli.Verbs;

/// <summary><c>bpfconf asm</c>: text to bytes.</summary>
internal static class AsmVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Assembly in the kernel's or the older %r syntax; - for standard input" };
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
        command.SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(file);
            AssembledProgram program = name == "-"
                ? Assembler.Assemble(Console.In.ReadToEnd(), "standard input")
                : Assembler.Assemble(SourceFile.ReadText(name), name);
            ByteOrder order = parsed.GetValue(bigEndian) ? ByteOrder.BigEndian : ByteOrder.LittleEndian;
            byte[] bytes = new BpfProgram(program.Instructions).ToBytes(order);
            if (parsed.GetValue(output) is { } target) File.WriteAllBytes(target, bytes);
            else parsed.InvocationConfiguration.Output.Write(Lines(bytes));
            return ExitCode.Success;
        });
        return command;
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
