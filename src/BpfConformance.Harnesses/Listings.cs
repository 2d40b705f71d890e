using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Harnesses;

/// <summary>Whatever the slots, the assembler reads from their listing the same slots.</summary>
internal static class Listings
{
    private const string Property = "a listing assembles to the slots that it lists";

    public static void Check(ReadOnlySpan<Instruction> slots)
    {
        Check(slots, Syntax.Kernel);
        Check(slots, Syntax.Legacy);
    }

    private static void Check(ReadOnlySpan<Instruction> slots, Syntax syntax)
    {
        string listing = Disassembler.Listing(slots, syntax);
        try
        {
            ReadOnlySpan<Instruction> again = Assembler.Assemble(listing, Refusal.File).Instructions.AsSpan();
            int same = slots.CommonPrefixLength(again);
            if (same != slots.Length || same != again.Length) throw new PropertyException(Property, $"not slot {same} of {slots.Length}, in {syntax}");
        }
        catch (BpfFormatException refusal)
        {
            throw new PropertyException(Property, $"'{refusal.Message}', in {syntax}");
        }
    }
}
