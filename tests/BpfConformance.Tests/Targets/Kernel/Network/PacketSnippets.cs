using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>What programs do to packets: instructions with what they give added to r8; r6 is the context.</summary>
/// <param name="random">Chance.</param>
/// <param name="choices">What holds for the whole case.</param>
internal sealed class PacketSnippets(Random random, NetworkChoices choices)
{
    private int _labels;

    public string[] LoadField(ContextView view)
    {
        ContextField[] fields = Numbers(view);
        if (fields.Length == 0) return [];
        ContextField field = Pick(fields);
        int width = field.SizeBytes is 1 or 2 or 8 ? field.SizeBytes : 4;
        return [$"r1 = *(u{8 * width} *)(r6 + {field.Offset})", "r8 *= 31", "r8 += r1"];
    }

    /// <summary>Or loads one, where there is none to be stored to.</summary>
    public string[] StoreField(ContextView view)
    {
        ContextField[] stored = [.. Numbers(view).Where(field => view.PermissionOf(field) == FieldPermission.ReadWrite && field.SizeBytes <= 20)];
        if (stored.Length == 0) return LoadField(view);
        ContextField target = Pick(stored);
        string width = target.Name == "tstamp" ? "u64" : "u32";
        int value = random.Next(target.Name == "queue_mapping" ? 0xff : int.MaxValue);
        return [$"*({width} *)(r6 + {target.Offset}) = {(target.Name == "mark" ? ~value : value)}"];
    }

    /// <summary>Metadata before the packet: a program of XDP makes some, and what is there is read, and written.</summary>
    public string[] TouchMeta(bool isXdp)
    {
        string past = Label();
        int bytes = choices.MetaBytes;
        return
        [
            .. isXdp ? ["r1 = r6", $"r2 = {Pick(-bytes, -bytes, -bytes, -252, 4, -3)}", "call 54", "r8 *= 31", "r8 += r0"] : (string[])[],
            $"r2 = *(u32 *)(r6 + {(isXdp ? 8 : 140)})", $"r3 = *(u32 *)(r6 + {(isXdp ? 0 : 76)})", "r1 = r3", "r1 -= r2", "r8 *= 31", "r8 += r1",
            "r4 = r2", $"r4 += {bytes}", $"if r4 > r3 goto {past}",
            .. isXdp ? Enumerable.Range(0, bytes / 4).Select(word => $"*(u32 *)(r2 + {4 * word}) = {random.Next()}") : [],
            $"r1 = *(u32 *)(r2 + {bytes - 4})", "r8 *= 31", "r8 += r1",
            .. !isXdp && random.Next(3) == 0 ? [$"*(u16 *)(r2 + {bytes - 2}) = {random.Next(0xffff)}"] : (string[])[],
            $"{past}:",
        ];
    }

    /// <summary>The end of the frame is moved, or its start: what would be before that is nobody's.</summary>
    public string[] MoveFrame()
    {
        (int bytes, int helper) = random.Next(2) == 0 ? (Pick(-9, -1, 1, 16, 40), 65) : (Pick(0, 4, 14), 44);
        return ["r1 = r6", $"r2 = {bytes}", $"call {helper}", "r8 *= 31", "r8 += r0"];
    }

    /// <summary>Of other protocols the kernel has found headers of its own.</summary>
    public string[] ChangeTail()
    {
        string past = Label();
        int length = choices.MetaBytes > 0 ? 42 : Pick(42, 43, 46, 60, 70);
        return ["r1 = *(u32 *)(r6 + 16)", $"if r1 != 8 goto {past}", "r1 = r6", $"r2 = {length}", "r3 = 0", "call 38", "r8 *= 31", "r8 += r0", $"{past}:"];
    }

    public string[] ChangeTag() => random.Next(2) == 0
        ? ["r1 = r6", $"r2 = {Pick(0x81, 0xa888, 8)}", $"r3 = {Pick(0, 0, 0x2000, 5)}", "call 18", "r8 *= 31", "r8 += r0"]
        : ["r1 = r6", "call 19", "r8 *= 31", "r8 += r0"];

    /// <summary>What is behind the headers of a datagram: what is before it, the sender chooses in part.</summary>
    public string[] Touch(NetworkHook hook)
    {
        bool isAtLink = hook is NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress;
        int offset = (isAtLink ? 42 : hook == NetworkHook.PortGroup ? 8 : 28) + random.Next(6);
        string past = Label();
        bool isWritten = (isAtLink || hook == NetworkHook.RouteTransmit) && random.Next(2) == 0;
        return
        [
            .. Data(hook), "r4 = r2", $"r4 += {offset + 1}", $"if r4 > r3 goto {past}",
            $"r1 = *(u8 *)(r2 + {offset})", "r8 *= 31", "r8 += r1",
            .. isWritten ? [$"*(u8 *)(r2 + {offset}) = {random.Next(256)}"] : (string[])[],
            .. isWritten && hook == NetworkHook.RouteTransmit ? StoreToHeader() : [],
            $"{past}:",
        ];
    }

    /// <summary>The IP header of a packet that leaves, which has begun at r2: for whom it is, Linux asks again.</summary>
    private string[] StoreToHeader() =>
    [
        $"*(u8 *)(r2 + {random.Next(16)}) = {random.Next(256)}",
        .. choices.EndsOpen ? [$"*(u8 *)(r2 + {Pick(18, 19)}) = {random.Next(4)}"] : (string[])[],
    ];

    private static string[] Data(NetworkHook hook) => hook switch
    {
        NetworkHook.Xdp => ["r2 = *(u32 *)(r6 + 0)", "r3 = *(u32 *)(r6 + 4)"],
        NetworkHook.PortGroup => ["r2 = *(u64 *)(r6 + 0)", "r3 = *(u64 *)(r6 + 8)"],
        _ => ["r2 = *(u32 *)(r6 + 76)", "r3 = *(u32 *)(r6 + 80)"],
    };

    private static ContextField[] Numbers(ContextView view) =>
        [.. view.Layout.Fields.Where(field => field.Value == ContextValue.Number && view.PermissionOf(field) != FieldPermission.None && field.Name != "hash")];

    private string Label() => $"past{_labels++}";

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
