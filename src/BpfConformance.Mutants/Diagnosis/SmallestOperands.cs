using System.Globalization;
using System.Numerics;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Interpreter;
using BpfConformance.Loading.Assembly;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Diagnosis;

/// <summary>The smallest operands for which a mutant differs from the reference, among the runs that a target got wrong.</summary>
internal static class SmallestOperands
{
    private const int LargestData = 1 << 16;
    private const long LongestRun = 1 << 14;

    public static string? Of(Mutant mutant, IEnumerable<Sighting> failing)
    {
        HandlerTable handlers = mutant.CreateWitness();
        var found = failing
            .Where(sighting => sighting.Probe.Case.DataBytes <= LargestData)
            .SelectMany(sighting => sighting.Wrong.SelectMany(run => Shown(handlers, sighting.Probe.Case, run)))
            .ToList();
        if (found.Count == 0) return null;

        (TestCase test, int line, Operands operands) = found.MinBy(each =>
            (Magnitude(mutant.Row, each.Operands), each.Operands.Dst, each.Operands.Src, each.Operands.Memory));
        string instruction = Disassembler.Format(test.Program.Instructions.AsSpan(), operands.Pc);
        return $"{string.Join(", ", Words(mutant.Row, operands).Prepend(instruction))} ({test.Name}:{line})";
    }

    private static IEnumerable<(TestCase Case, int Line, Operands Operands)> Shown(HandlerTable handlers, TestCase test, int run)
    {
        using InterpretedProgram? program = InterpretedProgram.TryLoad(
            test.Program, test.Maps, test.DataBytes, handlers, out _);
        program?.Run(test.Inputs[run].Data.Span, LongestRun);
        return [.. Witnesses.Take().Select(operands => (test, test.Inputs[run].Line, operands))];
    }

    /// <summary>Bits that it takes to write the operands, whatever their signs.</summary>
    private static int Magnitude(InstructionDef row, Operands operands) => Values(row, operands).Sum(each => Bits(each.Value));

    private static int Bits(ulong value) => 64 - BitOperations.LeadingZeroCount(Math.Min(value, 0 - value));

    private static IEnumerable<string> Words(InstructionDef row, Operands operands) =>
        Values(row, operands).Select(each => $"{each.Name} = {Hex(each.Value)}");

    /// <summary>What the instruction depends on, and no address.</summary>
    private static IEnumerable<(string Name, ulong Value)> Values(InstructionDef row, Operands operands)
    {
        bool isAccess = row.Class is InstructionClass.Ldx or InstructionClass.St or InstructionClass.Stx;
        bool isLoad = row.Operation is Operation.Load or Operation.LoadSigned or Operation.LoadAcquire;
        if (row.Dst.NamesRegister && (!isAccess || isLoad)) yield return ("dst", operands.Dst);
        if (row.Src.NamesRegister && !isLoad) yield return ("src", operands.Src);
        if (isAccess) yield return ("memory", operands.Memory);
        if (row.Operation == Operation.AtomicCmpxchg) yield return ("r0", operands.R0);
    }

    /// <summary>In groups of four digits.</summary>
    private static string Hex(ulong value)
    {
        string digits = value.ToString("x", CultureInfo.InvariantCulture);
        var groups = new List<string>();
        for (int end = digits.Length; end > 0; end -= 4) groups.Add(digits[Math.Max(0, end - 4)..end]);
        groups.Reverse();
        return $"0x{string.Join('_', groups)}";
    }
}
