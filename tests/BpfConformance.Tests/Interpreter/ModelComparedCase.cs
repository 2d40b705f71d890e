using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Tests.Interpreter;

/// <summary>Holds what a case states against what the <see cref="ModelMachine"/> gives.</summary>
internal static class ModelComparedCase
{
    private const ulong Origin = 0x0123_4567_89ab_0000;
    private const ulong OtherOrigin = 0x4fed_cba9_8765_0000;

    public static bool HasResults(TestCase test) =>
        test.Subject is not null && test.Expectation is { Run: RunExpectation.Returned, Load: not LoadExpectation.Rejected };

    public static bool IsModeled(TestCase test) => !NotModeled(test).Any();

    /// <summary>What keeps the model from running the case: rows of the instruction table, and the program's type.</summary>
    public static IEnumerable<string> NotModeled(TestCase test)
    {
        IEnumerable<string> rows = ModelMachine.Unstated(test.Program.Instructions).Select(i => InstructionTable.Find(i)?.Name ?? $"{i}");
        return test.Program.Type == ProgramType.Unspecified ? rows : rows.Append($"{test.Program.Type}");
    }

    /// <summary>One sentence; <c>null</c>: the model gives what is stated.</summary>
    public static string? Disagreement(TestCase test)
    {
        string name = test.Member.Length > 0 ? $"{test.File}/{test.Member}" : test.File;
        try
        {
            string? problem = test.Signature is { } stated ? OfSignature(test, stated) : OfResults(test);
            return problem is null ? null : $"{name}: {problem}";
        }
        catch (ModelException problem)
        {
            return $"{name}: {problem.Message}";
        }
    }

    private static string? OfSignature(TestCase test, ulong stated)
    {
        ulong signature = Signature(test, Origin);
        if (signature == stated) return null;
        return signature == Signature(test, OtherOrigin)
            ? $"signature {signature:x16}, stated is {stated:x16}"
            : "a result holds an address";
    }

    /// <summary>64-bit FNV-1a over r0, little endian, and memory, run by run: <c>conformance/README.md</c>, "Signature".</summary>
    private static ulong Signature(TestCase test, ulong origin)
    {
        ModelMachine machine = MachineOf(test, origin);
        ulong hash = 0xcbf2_9ce4_8422_2325;
        foreach (CaseInput input in test.Inputs)
        {
            byte[] memory = input.Data.ToArray();
            ulong r0 = machine.Run(memory);
            for (int shift = 0; shift < 64; shift += 8) hash = unchecked((hash ^ ((r0 >> shift) & 0xff)) * 0x100_0000_01b3);
            foreach (byte each in memory) hash = unchecked((hash ^ each) * 0x100_0000_01b3);
        }

        return hash;
    }

    private static string? OfResults(TestCase test)
    {
        ModelMachine machine = MachineOf(test, Origin);
        foreach (CaseInput input in test.Inputs)
        {
            byte[] memory = input.Data.ToArray();
            ulong r0 = machine.Run(memory);
            if (input.Result is { } stated && stated != r0) return $"line {input.Line}: r0 is 0x{r0:x}, stated is 0x{stated:x}";
            if (input.DataAfter is { } after && !after.Span.SequenceEqual(memory))
            {
                return $"line {input.Line}: memory is {Convert.ToHexStringLower(memory)}, stated is {Convert.ToHexStringLower(after.Span)}";
            }
        }

        return null;
    }

    private static ModelMachine MachineOf(TestCase test, ulong origin) => new(test.Program.Instructions.AsSpan(), test.Maps, origin);
}
