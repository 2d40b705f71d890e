namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Instructions that send a packet, or copies of it, elsewhere; r6 is the context, and what is sent must not go round for ever.</summary>
/// <param name="random">Chance.</param>
/// <param name="choices">What holds for the whole case.</param>
internal sealed class RedirectSnippets(Random random, NetworkChoices choices)
{
    private int _labels;

    /// <summary>By devices and maps of devices, and the program ends.</summary>
    public string[] FromXdp() => random.Next(2) == 0
        ? [$"r1 = map_by_fd({Pick("devices", "hashed")}) ll", $"r2 = {Pick(0, 1, 2, 5)}", $"r3 = {Pick(0, 1, 2, 3, 8, 8 + 16)}", "call 51", "exit"]
        : [$"r1 = {Pick(7, 8, 8, 9)}", $"r2 = {Pick(0, 0, 0, 1)}", "call 23", "exit"];

    /// <summary>The same at tc. A packet whose mark is negative has been redirected already.</summary>
    public string[] FromTc()
    {
        string stays = Label();
        return
        [
            "r0 = 0", .. Mark(stays),
            .. choices.MetaBytes == 0 && random.Next(3) == 0 ? ToNeighbor(stays) : [$"r1 = {Pick(7, 8, 8, 9)}", $"r2 = {Pick(0, 0, 1, 2)}", "call 23"],
            $"{stays}:", "exit",
        ];
    }

    /// <summary>With a link header of its own, most of the time; it is for another host, as the sender chooses some of what follows.</summary>
    public string[] FromRoute()
    {
        string stays = Label();
        int bytes = Pick(14, 14, 14, 0, choices.EndsOpen ? 4 : 0); // of a shorter one it is left open where its headers end
        return
        [
            "r1 = r6", $"r2 = {bytes}", "r3 = 0", "call 43", "r2 = *(u32 *)(r6 + 76)", "r3 = *(u32 *)(r6 + 80)", "r4 = r2", "r4 += 14", $"if r4 > r3 goto {stays}",
            "*(u32 *)(r2 + 0) = 2", $"*(u16 *)(r2 + 4) = {Pick(0x701, 0x900)}", $"*(u32 *)(r2 + 6) = {random.Next()}", "*(u16 *)(r2 + 12) = 8",
            .. choices.ClonesOut ? ["r1 = r6", $"r2 = {Pick(7, 8, 9)}", $"r3 = {(bytes == 14 ? Pick(0, 1) : 0)}", "call 13"] : (string[])[],
            $"r1 = {Pick(7, 8, 8, 9)}", $"r2 = {(bytes == 14 ? Pick(0, 1, 1) : 0)}", "call 23", "exit", $"{stays}:", "r0 = 0", "exit",
        ];
    }

    /// <summary>One copy, or more; in all packets that come out there is no room for many, and more than eight are left open.</summary>
    public string[] Copies()
    {
        string stays = Label();
        int flags = choices.ClonesOut ? Pick(0, 0, 1, 2) : Pick(1, 1, 2);
        int count = choices.EndsOpen ? Pick(1, 2, 9) : flags == 1 ? Pick(1, 1, 2, 3) : 1;
        string[] copy = ["r1 = r6", $"r2 = {Pick(7, 8, 8, 9)}", $"r3 = {flags}", "call 13", "r8 *= 31", "r8 += r0"];
        return [.. Mark(stays), .. Enumerable.Repeat(copy, count).SelectMany(lines => lines), $"{stays}:"];
    }

    private string[] Mark(string otherwise) => ["r1 = *(u32 *)(r6 + 8)", $"if w1 s< 0 goto {otherwise}", $"*(u32 *)(r6 + 8) = {~random.Next()}"];

    /// <summary>The neighbor is stated: that of the device. Of IPv6 there is none.</summary>
    private string[] ToNeighbor(string otherwise)
    {
        (int device, int address) = Pick((7, 0x0200000a), (8, 0x0201000a)); // as they lie in memory
        return
        [
            "r1 = *(u32 *)(r6 + 16)", $"if w1 == {0xdd86} goto {otherwise}",
            "*(u64 *)(r10 - 8) = 0", "*(u64 *)(r10 - 16) = 0", "*(u32 *)(r10 - 24) = 2", $"*(u32 *)(r10 - 20) = {address}",
            $"r1 = {device}", "r2 = r10", "r2 += -24", "r3 = 20", "r4 = 0", "call 152",
        ];
    }

    private string Label() => $"stays{_labels++}";

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
