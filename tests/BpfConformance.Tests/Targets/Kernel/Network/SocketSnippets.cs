namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>Instructions that look for sockets of the network and choose them, with what they give added to r8; r6 is the context.</summary>
/// <param name="random">Chance.</param>
internal sealed class SocketSnippets(Random random)
{
    /// <summary>Whether sockets that share a port are in an array; else the map of sockets has them: no socket is in both.</summary>
    private readonly bool _hasArray = random.Next(2) == 0;
    private int _labels;

    /// <summary>The maps of all snippets.</summary>
    public string[] Maps() =>
    [
        "socks: sockmap key 4 value 8 entries 6", "00000000 = receiver", "03000000 = client",
        .. _hasArray ? (string[])[] : ["01000000 = first", "02000000 = second"],
        "pair: reuseport_sockarray key 4 value 8 entries 3",
        .. _hasArray ? (string[])["00000000 = second", "01000000 = first"] : [],
    ];

    /// <summary>What user space does to them.</summary>
    public string Step() => random.Next(3) switch
    {
        0 => $"delete {Map()} 0{random.Next(4)}000000 -> ok",
        1 => $"update {Map()} 0{random.Next(4)}000000 {Pick("receiver", "first", "second", "client")} {Pick("any", "noexist", "exist")} -> ok",
        _ => $"lookup {Map()} 0{random.Next(4)}000000 -> ENOENT",
    };

    /// <summary>Looks for a socket by a tuple, and perhaps gives it the packet, which a program of tc can.</summary>
    public string[] Lookup(bool mayAssign)
    {
        string past = $"notfound{_labels++}";
        bool isStream = random.Next(4) == 0;
        int address = isStream ? 0x0100007f : random.Next();
        int ports = isStream ? Pick(0x0d000b00, 0x0b000d00, 0x0b000b00) : Pick(0x07000900, 0x09000900, 0x08000000);
        return
        [
            $"*(u32 *)(r10 - 16) = {address}", $"*(u32 *)(r10 - 12) = {address}", $"*(u32 *)(r10 - 8) = {ports}",
            "r1 = r6", "r2 = r10", "r2 += -16", $"r3 = {Pick(12, 12, 12, 12, 8)}", $"r4 = {Pick(-1, -1, -1, -7, 0)}", $"r5 = {Pick(0, 0, 0, 0, 1)}",
            $"call {(isStream ? 84 : 85)}", $"if r0 == 0 goto {past}", "r9 = r0", "r1 = *(u32 *)(r9 + 44)", "r8 *= 31", "r8 += r1",
            .. mayAssign && !isStream ? Assign(Pick(0, 0, 0, 1)) : [],
            "r1 = r9", "call 86", $"{past}:",
        ];
    }

    /// <summary>Takes a socket out of the map and chooses it; or takes a choice back.</summary>
    public string[] Choose()
    {
        string past = $"notthere{_labels++}";
        int flags = Pick(0, 1, 2, 3, 3, 2, 4);
        if (random.Next(6) == 0) return ["r1 = r6", "r2 = 0", $"r3 = {flags}", "call 124", "r8 *= 31", "r8 += r0"];
        return
        [
            $"*(u32 *)(r10 - 4) = {random.Next(5)}", "r1 = map_by_fd(socks) ll", "r2 = r10", "r2 += -4", "call 1", $"if r0 == 0 goto {past}", "r9 = r0",
            .. Assign(flags), "r1 = r9", "call 86", $"{past}:",
        ];
    }

    /// <summary>Chooses one of the sockets that share a port; r9 says whether it was done.</summary>
    public string[] Select() =>
    [
        $"*(u32 *)(r10 - 4) = {random.Next(4)}", "r1 = r6", $"r2 = map_by_fd({Map()}) ll", "r3 = r10", "r3 += -4", $"r4 = {random.Next(3)}", "call 82",
        "r9 = r0", "r8 *= 31", "r8 += r0",
    ];

    private static string[] Assign(int flags) => ["r1 = r6", "r2 = r9", $"r3 = {flags}", "call 124", "r8 *= 31", "r8 += r0"];

    private string Map() => _hasArray ? Pick("pair", "pair", "socks") : Pick("socks", "socks", "pair");

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
