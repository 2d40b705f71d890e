using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Loading.Bytecode;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>The program alone, as an array in the macros of the kernel's selftests.</summary>
public sealed class SelftestReproducer : IReproducer
{
    public string FileName => "case.insns.h";

    public string? Lacks(TestCase test) =>
        !test.Program.Others.IsEmpty ? "it has several programs"
        : test.Program.Instructions.IsEmpty ? "there are no instructions"
        : null;

    public string Write(TestCase test) =>
        $"struct bpf_insn insns[] = {{\n{MacroText.Of(test.Program.Instructions, map => $"map_fds[{map}]", "\t")}}};\n";

    /// <summary>A compiler reads it, not this.</summary>
    public TestCase? Read(string text, TestCase test) => null;

    /// <summary>A program in C that prints what the macros come to: a slot a line, in hexadecimal. The descriptor of a map is its index there.</summary>
    /// <param name="text">As written.</param>
    /// <param name="test">The case from which it was.</param>
    public static string Printing(string text, TestCase test)
    {
        string descriptors = string.Concat(Enumerable.Range(0, Math.Max(test.Maps.Length, 1)).Select(map => map.ToString(CultureInfo.InvariantCulture) + ", "));
        return $$"""
            #include <linux/bpf.h>
            #include <stdio.h>

            {{MacroDefinitions.Text}}
            int main(void)
            {
            static const int map_fds[] = { {{descriptors}}};
            (void)map_fds;
            {{text}}
            for (unsigned i = 0; i < sizeof(insns); i++)
            	printf("%02x%s", ((const unsigned char *)insns)[i], i % sizeof(insns[0]) < sizeof(insns[0]) - 1 ? "" : "\n");
            return 0;
            }

            """;
    }

    /// <summary>Whether what such a program has printed is the program of the case; references to maps are by descriptor in it.</summary>
    /// <exception cref="BpfFormatException">It is no program.</exception>
    public static bool IsPrinted(string printed, TestCase test)
    {
        ImmutableArray<Instruction> slots = BpfProgram.FromBytes(HexText.Parse(printed, "what the macros come to", 1)).Instructions;
        return slots.SequenceEqual(test.Program.Instructions.Select((slot, pc) => IsOfMap(test.Program.Instructions, pc) ? ByDescriptor(slot) : slot));
    }

    private static bool IsOfMap(ImmutableArray<Instruction> slots, int pc) =>
        MacroText.IsWhole(slots, pc) && slots[pc].Src is (int)LoadImm64Source.MapByIndex or (int)LoadImm64Source.MapValueByIndex;

    private static Instruction ByDescriptor(Instruction slot) =>
        new(slot.Opcode, (Register)slot.Dst, (Register)(slot.Src == (int)LoadImm64Source.MapByIndex ? LoadImm64Source.MapByFd : LoadImm64Source.MapValueByFd), slot.Offset, slot.Immediate);
}
