using BpfConformance.Jit.X64;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>What an instruction is emitted with; of these each form takes what it needs.</summary>
internal readonly record struct EmitterOperands(
    bool Wide, X64Register A, X64Register B, X64Register Index, int Displacement, int Immediate)
{
    private static readonly string[] s_names64 =
        ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];

    private static readonly string[] s_names32 =
        ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"];

    private static readonly string[] s_names16 =
        ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"];

    private static readonly string[] s_names8 =
        ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"];

    /// <summary>Where an encoding has another form, and the limits of types.</summary>
    public static int[] Displacements { get; } =
        [0, 1, -1, 127, 128, -128, -129, 32767, -32768, int.MaxValue, int.MinValue];

    public static int[] Immediates { get; } = [0, 1, -1, 127, 128, -128, -129, 255, 65535, int.MaxValue, int.MinValue];

    public X64Memory Memory => new(B, Displacement, Index) { IndexShift = IndexShift };

    /// <summary>All four, as what is emitted has all registers.</summary>
    private int IndexShift => Index == X64Register.Rsp ? 0 : (int)A & 3;

    public string TextA => Name(Wide ? 8 : 4, A);

    public string TextB => Name(Wide ? 8 : 4, B);

    public string Address
    {
        get
        {
            string index = Index == X64Register.Rsp ? string.Empty : $"+{Name(8, Index)}{(IndexShift == 0 ? string.Empty : $"*{1 << IndexShift}")}";
            string displacement = Displacement == 0 ? string.Empty : $"{Displacement:+0;-0}";
            return $"[{Name(8, B)}{index}{displacement}]";
        }
    }

    public string Place(int bytes) => bytes switch
    {
        1 => $"byte ptr {Address}",
        2 => $"word ptr {Address}",
        4 => $"dword ptr {Address}",
        _ => $"qword ptr {Address}",
    };

    public static string Name(int bytes, X64Register register) => bytes switch
    {
        1 => s_names8[(int)register],
        2 => s_names16[(int)register],
        4 => s_names32[(int)register],
        _ => s_names64[(int)register],
    };

    public static EmitterOperands Random(Random random) => new(
        random.Next(2) == 0,
        (X64Register)random.Next(16),
        (X64Register)random.Next(16),
        (X64Register)random.Next(16),
        random.Next(2) == 0 ? Displacements[random.Next(Displacements.Length)] : random.Next(-70000, 70000),
        random.Next(2) == 0 ? Immediates[random.Next(Immediates.Length)] : random.Next(int.MinValue, int.MaxValue));
}
