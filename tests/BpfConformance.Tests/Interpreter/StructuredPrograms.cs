using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Assembly;
using FsCheck;
using FsCheck.Fluent;

namespace BpfConformance.Tests.Interpreter;

/// <summary>A program that ends, and faults nowhere: straight pieces, branches, counted loops and calls of functions.</summary>
public sealed record StructuredProgram(ImmutableArray<Instruction> Slots)
{
    public override string ToString() => Disassembler.Listing(Slots.AsSpan());
}

/// <summary>FsCheck's generator of <see cref="StructuredProgram"/>.</summary>
public static class StructuredPrograms
{
    /// <summary>More than any of them needs: three loops deep in three functions deep of at most five rounds.</summary>
    public const long Budget = 1L << 32;

    private const int Functions = 3;

    // r6 points to memory, r7 and r8 compute, loops count on the stack, r0 is left alone between helper calls.
    private static readonly string[] s_straight =
    [
        "r7 += 3", "r7 *= r8", "w8 ^= w7", "r7 = -r7", "r8 = bswap32 r8", "r7 <<= 5", "w7 s>>= 3", "r8 /= 7", "r7 s%= r8",
        "r8 = *(u32 *)(r6 + 4)", "r7 = *(s16 *)(r6 + 9)", "*(u64 *)(r6 + 16) = r7", "*(u8 *)(r6 + 63) = 5",
        "r7 = 0x1122334455667788 ll", "lock *(u64 *)(r6 + 8) += r7", "r8 = atomic_fetch_xor((u64 *)(r6 + 24), r8)",
        "r8 = (s8)r7", "r2 = 8\ncallx r2", "call get_smp_processor_id",
    ];

    private static readonly string[] s_conditions = ["r7 > 100", "w8 s< w7", "r7 & 1", "r8 == 0", "w7 != 0", "r7 s>= r8"];

    public static Arbitrary<StructuredProgram> StructuredProgram() => Gen.Choose(int.MinValue, int.MaxValue)
        .Select(seed => new Builder(new Random(seed)).Build())
        .ToArbitrary();

    private sealed class Builder(Random random)
    {
        private readonly List<string> _lines = [];
        private int _labels;
        private int _loops;
        private int _function;

        public StructuredProgram Build()
        {
            Function(0, "r6 = r1");
            for (int function = 1; function <= Functions; function++)
            {
                _lines.Add($"f{function}:");
                Function(function, "r6 = r1\nr8 = r2");
            }

            // A function that nobody calls would be unreachable.
            _lines.Insert(0, string.Join('\n', Enumerable.Range(1, Functions).Select(n => $"r9 = code_addr(f{n}) ll")));
            return new StructuredProgram(Assembler.Assemble(string.Join('\n', _lines)).Instructions);
        }

        private void Function(int number, string arguments)
        {
            (_function, _loops) = (number, 0);
            _lines.Add(arguments);
            _lines.Add(number == 0 ? "r7 = 1\nr8 = 2" : "r7 = 1");
            Block(depth: 0);
            _lines.Add("r0 = r7\nexit");
        }

        private void Block(int depth)
        {
            int statements = random.Next(1, 5);
            for (int n = 0; n < statements; n++) Statement(depth);
        }

        private void Statement(int depth)
        {
            switch (depth < 3 ? random.Next(6) : 0)
            {
                case 1: Branch(depth); break;
                case 2: Loop(depth); break;
                case 3 when _function < Functions: Call(); break;
                default: _lines.Add(s_straight[random.Next(s_straight.Length)]); break;
            }
        }

        private void Branch(int depth)
        {
            (string other, string end) = ($"l{_labels++}", $"l{_labels++}");
            _lines.Add($"if {s_conditions[random.Next(s_conditions.Length)]} goto {other}");
            Block(depth + 1);
            _lines.Add($"{(random.Next(2) == 0 ? "goto" : "gotol")} {end}");
            _lines.Add($"{other}:");
            Block(depth + 1);
            _lines.Add($"{end}:");
        }

        private void Loop(int depth)
        {
            string start = $"l{_labels++}";
            int counter = -8 * ++_loops;
            _lines.Add($"*(u64 *)(r10 - {-counter}) = {random.Next(1, 4)}");
            _lines.Add($"{start}:");
            Block(depth + 1);
            _lines.Add($"r3 = *(u64 *)(r10 - {-counter})\nr3 += -1\n*(u64 *)(r10 - {-counter}) = r3\nif r3 != 0 goto {start}");
        }

        private void Call() => _lines.Add($"r1 = r6\nr2 = r7\ncall f{random.Next(_function + 1, Functions + 1)}\nr7 = r0");
    }
}
