using System.Globalization;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Tests.Targets.Kernel.Contexts;

/// <summary>Random contexts that system calls can cause.</summary>
internal static class AttachedContext
{
    private const string Loopback6 = "00000000000000000000000000000001";

    /// <summary>The lines of a section <c>context</c>.</summary>
    public static string Given(Random random, AttachType hook, ContextLayout layout) => string.Join(
        '\n', layout == ContextTables.SockAddr ? Address(random, hook) : layout == ContextTables.Sock ? Socket(random, hook) : Device(random));

    private static string[] Address(Random random, AttachType hook)
    {
        bool isIp6 = hook.ToString().Contains('6', StringComparison.Ordinal);
        bool isCall = hook is AttachType.CgroupInet4Bind or AttachType.CgroupInet6Bind or AttachType.CgroupInet4Connect or AttachType.CgroupInet6Connect;
        string source = random.Next(2) == 0 || hook is not (AttachType.CgroupUdp4Sendmsg or AttachType.CgroupUdp6Sendmsg) ? string.Empty
            : isIp6 ? $"msg_src_ip6 = hex {Ip6(random)}" : $"msg_src_ip4 = hex {Ip4(random)}";
        return
        [
            isIp6 ? $"user_ip6 = hex {(hook == AttachType.CgroupInet6Getpeername ? Loopback6 : Ip6(random))}" : $"user_ip4 = hex {Ip4(random)}",
            $"user_port = hex {Port(random):x4}0000",
            isCall && random.Next(2) == 0 ? "type = 1" : string.Empty,
            source,
        ];
    }

    private static string[] Socket(Random random, AttachType hook) => hook switch
    {
        AttachType.CgroupInetSockCreate => [$"type = {random.Next(1, 3)}", $"family = {(random.Next(2) == 0 ? 2 : 10)}"],
        AttachType.CgroupInet4PostBind => [$"src_ip4 = hex {Ip4(random)}", $"src_port = {Port(random)}"],
        AttachType.CgroupInet6PostBind => [$"src_ip6 = hex {Ip6(random)}", $"src_port = {Port(random)}"],
        _ =>
        [
            string.Create(CultureInfo.InvariantCulture, $"mark = {random.Next()}"),
            string.Create(CultureInfo.InvariantCulture, $"priority = {random.Next()}"),
            random.Next(2) == 0 ? $"dst_ip4 = hex {Ip4(random)}\ndst_port = hex {Port(random):x4}" : "bound_dev_if = 1",
        ],
    };

    private static string[] Device(Random random) =>
    [
        $"access_type = {(random.GetItems([1, 2, 4, 6], 1)[0] << 16) | random.Next(1, 3)}",
        $"major = {random.Next(1 << 12)}",
        $"minor = {random.Next(1 << 20)}",
    ];

    private static int Port(Random random) => random.Next(1024, 1 << 16);

    private static string Ip4(Random random) => $"0a{random.Next(1, 255):x2}{random.Next(256):x2}{random.Next(1, 255):x2}";

    private static string Ip6(Random random) => $"20010db8{random.Next():x8}{random.Next():x8}{random.Next():x8}";
}
