using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Loading.Assembly;

namespace BpfConformance.Tests.Jit;

/// <summary>
/// Random programs of a hook: they touch fields of the context, mostly such as they may, through registers that hold it, or something else
/// in other cases; and between them packets, stacks, branches, loops and functions. r6 is the context, r7 and r8 are numbers.
/// </summary>
internal sealed class ContextPrograms(Random random, ContextLayout layout, ContextView view)
{
    public const int MaxDataBytes = 64;

    /// <summary>Where frames keep the context.</summary>
    private const string Kept = "*(u64 *)(r10 - 8)";

    private static readonly int[] s_widths = [1, 2, 4, 8];
    private static readonly ContextValue[] s_packets = [ContextValue.PacketData, ContextValue.PacketMeta, ContextValue.PacketEnd];

    private readonly StringBuilder _text = new();
    private readonly HashSet<int> _called = [];
    private int _labels;
    private int _loops;
    private int _functions;

    public Instruction[] Next()
    {
        _ = _text.Clear();
        _called.Clear();
        _functions = random.Next(3);
        for (int n = 0; n < _functions; n++)
        {
            Line($"f{n}:");
            Begin("r2");
            Steps(random.Next(1, 5), n);
            Line("r0 = r7", "exit");
        }

        string functions = _text.ToString();
        _ = _text.Clear();
        Begin($"{random.Next(4)}");
        Steps(random.Next(2, 9), function: -1);
        for (int n = 0; n < _functions; n++)
        {
            if (!_called.Contains(n)) Call(n);
        }

        Line("r0 = r8", "exit");
        return [.. Assembler.Assemble(_text + functions).Instructions];
    }

    private void Begin(string number)
    {
        _loops = 0;
        if (random.Next(4) > 0) Line("r6 = r1", $"{Kept} = r1");
        else Line($"{Kept} = r1", $"r6 = {Kept}");
        Line($"r7 = {number}", $"r8 = {random.Next(100)}");
    }

    private void Steps(int count, int function)
    {
        while (count-- > 0) Step(function);
    }

    private void Step(int function)
    {
        switch (random.Next(18))
        {
            case 0 or 1 or 2: LoadField("r6", shift: 0); break;
            case 3: StoreField("r6", shift: 0); break;
            case 4:
                Line($"r3 = {Kept}");
                LoadField("r3", shift: 0);
                break;
            case 5:
                int shift = random.Next(-9, 10);
                Line("r3 = r6", $"r3 += {shift}");
                if (random.Next(2) == 0) LoadField("r3", shift);
                else StoreField("r3", shift);
                break;
            case 6 or 7: Packet(); break;
            case 8: Line($"*(u64 *)(r10 - {8 * random.Next(3, 7)}) = {Number()}", $"{Number()} = *(u64 *)(r10 - {8 * random.Next(3, 7)})"); break;
            case 9 or 10: Either(); break;
            case 11: Branch(function); break;
            case 12 when _loops < 2: Loop(function); break;
            case 13 when function + 1 < _functions: Call(random.Next(function + 1, _functions)); break;
            case 14: Line($"{Kept} = r6", $"r6 = {Kept}"); break;
            case 15: Line("r6 += 8", $"r7 = {(random.Next(2) == 0 ? "r7" : "r8")}", "r6 += -8"); break;
            case 16: Ordered(); break;
            default: Line($"{Number()} {(random.Next(2) == 0 ? "+=" : "^=")} {Number()}", $"{Number()} += {random.Next(3)}"); break;
        }
    }

    /// <summary>A field that may be touched so, or in rare cases anything.</summary>
    private (int Offset, int Width, ContextValue? Value) Place(ContextAccess access)
    {
        for (int tries = 0; tries < 200; tries++)
        {
            ContextField field = layout.Fields[random.Next(layout.Fields.Length)];
            int width = s_widths[random.Next(4)];
            int offset = field.Offset + (random.Next(2) == 0 ? 0 : random.Next(Math.Min(field.SizeBytes, 64)));
            if (view.Find(offset, width, access) is { } found) return (offset, width, found.Value);
        }

        return (random.Next(layout.SizeBytes + 4), s_widths[random.Next(4)], null);
    }

    private void LoadField(string address, int shift)
    {
        bool isSigned = random.Next(4) == 0;
        (int offset, int width, ContextValue? value) = Place(isSigned ? ContextAccess.SignedLoad : ContextAccess.Load);
        if (random.Next(40) == 0) (offset, width) = (offset + random.Next(-8, 9), s_widths[random.Next(4)]);
        if (width == 8) isSigned = false;
        string place = $"*({(isSigned ? 's' : 'u')}{8 * width} *)({At(address, offset - shift)})";
        bool isNumber = IsNumber(value) && (view.Find(offset, width, isSigned ? ContextAccess.SignedLoad : ContextAccess.Load) is not { } found || IsNumber(found.Value));
        if (isNumber) Line($"r0 = {place}", $"{Number()} += r0");
        else if (value is ContextValue.TracepointBuffer) Buffer(place);
        else if (value is ContextValue.SocketOrNull or ContextValue.SocketCommonOrNull or ContextValue.Socket) Socket(place);
        else Line($"r2 = {place}", "r2 = 0");
    }

    private static bool IsNumber(ContextValue? value) => value is ContextValue.Number or ContextValue.ByBtf;

    private void Buffer(string place)
    {
        int width = s_widths[random.Next(4)];
        string bytes = $"*(u{8 * width} *)(r2 + {random.Next(20) * random.Next(4)})";
        Line($"r2 = {place}", random.Next(2) == 0 ? $"{bytes} = {Number()}" : $"r0 = {bytes}", $"{Number()} ^= r0", "r2 = 0");
    }

    private void Socket(string place)
    {
        string over = Label();
        Line($"r2 = {place}", $"if r2 == 0 goto {over}", $"r0 = *(u32 *)(r2 + {4 * random.Next(20)})", "r7 += r0", $"{over}:");
    }

    private void StoreField(string address, int shift)
    {
        (int offset, int width, ContextValue? value) = Place(ContextAccess.Store);
        if (value is null && random.Next(8) > 0) return; // nothing may be stored
        if (random.Next(40) == 0) (offset, width) = (offset + random.Next(-8, 9), s_widths[random.Next(4)]);
        Line($"*(u{8 * width} *)({At(address, offset - shift)}) = {(random.Next(3) == 0 ? $"{random.Next(-5, 1000)}" : Number())}");
    }

    /// <summary>Bytes of the packet, mostly behind a comparison with its end.</summary>
    private void Packet()
    {
        ContextField? data = Field(random.Next(4) == 0 ? ContextValue.PacketMeta : ContextValue.PacketData);
        ContextField? end = Field(ContextValue.PacketEnd);
        if (data is null || end is null) return;
        string over = Label();
        string address = random.Next(5) == 0 ? "r9" : "r2";
        Line($"{address} = {LoadOf(data)}", $"r3 = {LoadOf(end)}");
        int bytes = random.Next(1, 40);
        if (random.Next(12) > 0) Line($"r4 = {address}", $"r4 += {bytes}", $"if r4 > r3 goto {over}");
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int width = s_widths[random.Next(4)];
            int offset = Math.Max(0, random.Next(bytes) - width + 1);
            string place = $"*(u{8 * width} *)({At(address, offset)})";
            if (random.Next(8) == 0) Line($"{place} = {Number()}");
            else Line($"r0 = {place}", $"{Number()} ^= r0");
            if (random.Next(6) == 0) LoadField("r6", shift: 0);
        }

        Line($"{over}:", "r9 = 0");
    }

    /// <summary>The same instructions with the context and with the stack, or the packet: nothing follows from what was proven of one.</summary>
    private void Either()
    {
        string one = Label();
        (int offset, int width, ContextValue? value) = Place(ContextAccess.Load);
        if (value is not ContextValue.Number) return;
        Line("r3 = r6", $"if r{random.Next(7, 9)} & {1 << random.Next(3)} goto {one}");
        if (random.Next(3) == 0 && Field(ContextValue.PacketData) is { } data) Line($"r3 = {LoadOf(data)}");
        else Line("r3 = r10", $"r3 += {-Math.Min(512, (offset & ~7) + 48)}");
        Line($"{one}:");
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            Line($"r0 = *(u{8 * width} *)({At("r3", offset)})", "r8 += r0");
            if (random.Next(3) == 0) Line($"r4 = {Kept}", $"r0 = *(u{8 * width} *)({At("r4", offset)})", "r8 ^= r0");
            if (random.Next(3) == 0 && view.Find(offset, width, ContextAccess.Store) is not null) Line($"*(u{8 * width} *)({At("r3", offset)}) = r8");
            if (random.Next(4) == 0) Line($"if r7 & {1 << random.Next(3)} goto +0");
        }
    }

    private void Ordered()
    {
        (int offset, int width, ContextValue? value) = Place(ContextAccess.Load);
        string address = random.Next(3) == 0 ? "r10" : "r6";
        if (address == "r10") offset = -8 * random.Next(3, 7);
        else if (value is not ContextValue.Number) return;
        if (random.Next(20) == 0) offset += random.Next(1, 4);
        if (random.Next(3) > 0) Line($"r0 = load_acquire((u{8 * width} *)({At(address, offset)}))", "r7 += r0");
        else if (address == "r10" || random.Next(6) == 0) Line($"store_release((u{8 * width} *)({At(address, offset)}), r7)");
        else if (random.Next(12) == 0) Line($"lock *(u{32 << random.Next(2)} *)({At(address, offset)}) += r7");
    }

    private void Branch(int function)
    {
        string over = Label();
        Line($"if {Number()} {(random.Next(2) == 0 ? "&" : "s>")} {random.Next(1, 8)} goto {over}");
        Step(function);
        Line($"{over}:");
    }

    private void Loop(int function)
    {
        string again = Label();
        int slot = 64 + (8 * _loops++);
        Line($"*(u64 *)(r10 - {slot}) = {random.Next(1, 4)}", $"{again}:");
        Step(function);
        Line($"r0 = *(u64 *)(r10 - {slot})", "r0 += -1", $"*(u64 *)(r10 - {slot}) = r0", $"if r0 s> 0 goto {again}");
    }

    private void Call(int function)
    {
        _ = _called.Add(function);
        Line("r1 = r6", $"r2 = {Number()}", $"call f{function}", "r7 += r0");
    }

    /// <summary>A field of a kind that the hook may read; <c>null</c>: there is none.</summary>
    private ContextField? Field(ContextValue value) =>
        s_packets.Contains(value) ? layout.Fields.FirstOrDefault(field => field.Value == value && view.PermissionOf(field) != FieldPermission.None) : null;

    private static string LoadOf(ContextField field) => $"*(u{8 * field.SizeBytes} *)(r6 + {field.Offset})";

    private static string At(string register, int offset) => $"{register} {(offset < 0 ? '-' : '+')} {Math.Abs(offset)}";

    private string Number() => $"r{random.Next(7, 9)}";

    private string Label() => $"l{_labels++}";

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _ = _text.Append(line).Append('\n');
    }
}
