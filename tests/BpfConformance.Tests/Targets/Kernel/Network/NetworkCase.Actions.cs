using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>What programs do to packets.</summary>
internal sealed partial class NetworkCase
{
    private void Action(NetworkHook hook, ContextView view)
    {
        ContextField[] numbers = [.. view.Layout.Fields.Where(field => field.Value == ContextValue.Number && view.PermissionOf(field) != FieldPermission.None && field.Name != "hash")];
        ContextField[] stored = [.. numbers.Where(field => view.PermissionOf(field) == FieldPermission.ReadWrite && field.SizeBytes <= 20)];
        switch (random.Next(5))
        {
            case 0 when stored.Length > 0:
                ContextField target = Pick(stored);
                string width = target.Name == "tstamp" ? "u64" : "u32";
                int value = random.Next(target.Name == "queue_mapping" ? 0xff : int.MaxValue);
                Line($"*({width} *)(r6 + {target.Offset}) = {(target.Name == "mark" ? ~value : value)}");
                break;
            case 1 when hook is not (NetworkHook.SocketFilter or NetworkHook.SocketLookup):
                TouchPacket(hook, canWrite: hook is NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress or NetworkHook.RouteTransmit);
                break;
            case 2 or 3 when _metaBytes > 0 && hook is NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress && random.Next(2) == 0:
                TouchMeta(hook == NetworkHook.Xdp);
                break;
            case 2 when hook == NetworkHook.Xdp && random.Next(3) == 0:
                // The end of the frame is moved, or its start: what would be before that is nobody's.
                (int bytes, int helper) = random.Next(2) == 0 ? (Pick(-9, -1, 1, 16, 40), 65) : (Pick(0, 4, 14), 44);
                Line("r1 = r6", $"r2 = {bytes}", $"call {helper}", "r8 *= 31", "r8 += r0");
                break;
            case 2 when hook is NetworkHook.TcIngress or NetworkHook.TcEgress && random.Next(3) == 0:
                int label = _labels++; // of other protocols the kernel has found headers of its own
                Line("r1 = *(u32 *)(r6 + 16)", $"if r1 != 8 goto past{label}", "r1 = r6", $"r2 = {(_metaBytes > 0 ? 42 : Pick(42, 43, 46, 60, 70))}", "r3 = 0", "call 38", "r8 *= 31", "r8 += r0", $"past{label}:");
                break;
            case 2 when hook is NetworkHook.TcIngress or NetworkHook.TcEgress && _metaBytes == 0 && random.Next(6) == 0:
                if (random.Next(2) == 0) Line("r1 = r6", $"r2 = {Pick(0x81, 0xa888, 8)}", $"r3 = {Pick(0, 0, 0x2000, 5)}", "call 18", "r8 *= 31", "r8 += r0");
                else Line("r1 = r6", "call 19", "r8 *= 31", "r8 += r0");
                break;
            case 2 when hook is NetworkHook.TcIngress or NetworkHook.TcEgress && random.Next(4) == 0:
                Clone();
                break;
            case 3 when _looksUp && hook is not (NetworkHook.SocketFilter or NetworkHook.SocketLookup or NetworkHook.PortGroup) && !hook.IsOfRoute():
                Line(_sockets.Lookup(mayAssign: hook == NetworkHook.TcIngress || (hook == NetworkHook.TcEgress && random.Next(3) == 0)));
                break;
            case 3 when hook == NetworkHook.SocketLookup:
                Line(_sockets.Choose());
                break;
            default:
                if (numbers.Length > 0) LoadField(Pick(numbers));
                break;
        }
    }

    /// <summary>Metadata before the packet: a program of XDP makes some, and what is there is read, and written.</summary>
    private void TouchMeta(bool isXdp)
    {
        int label = _labels++;
        if (isXdp) Line("r1 = r6", $"r2 = {Pick(-_metaBytes, -_metaBytes, -_metaBytes, -252, 4, -3)}", "call 54", "r8 *= 31", "r8 += r0");
        Line($"r2 = *(u32 *)(r6 + {(isXdp ? 8 : 140)})", $"r3 = *(u32 *)(r6 + {(isXdp ? 0 : 76)})", "r1 = r3", "r1 -= r2", "r8 *= 31", "r8 += r1");
        Line("r4 = r2", $"r4 += {_metaBytes}", $"if r4 > r3 goto past{label}");
        for (int offset = 0; isXdp && offset < _metaBytes; offset += 4) Line($"*(u32 *)(r2 + {offset}) = {random.Next()}");
        Line($"r1 = *(u32 *)(r2 + {_metaBytes - 4})", "r8 *= 31", "r8 += r1");
        if (!isXdp && random.Next(3) == 0) Line($"*(u16 *)(r2 + {_metaBytes - 2}) = {random.Next(0xffff)}");
        Line($"past{label}:");
    }

    /// <summary>A packet whose mark is negative has been sent elsewhere already.</summary>
    private void Clone()
    {
        int label = _labels++;
        Line("r1 = *(u32 *)(r6 + 8)", $"if w1 s< 0 goto past{label}", $"*(u32 *)(r6 + 8) = {~random.Next()}");
        Line("r1 = r6", $"r2 = {Pick(7, 8, 8, 9)}", $"r3 = {(_clonesOut ? Pick(0, 0, 1, 2) : Pick(1, 1, 2))}", "call 13", "r8 *= 31", "r8 += r0", $"past{label}:");
    }

    private void LoadField(ContextField field)
    {
        int width = field.SizeBytes is 1 or 2 or 8 ? field.SizeBytes : 4;
        Line($"r1 = *(u{8 * width} *)(r6 + {field.Offset})", "r8 *= 31", "r8 += r1");
    }

    /// <summary>What is behind the headers of a datagram: what is before it, the sender chooses in part.</summary>
    private void TouchPacket(NetworkHook hook, bool canWrite)
    {
        bool isAtLink = hook is NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress;
        (int data, int end) = hook == NetworkHook.Xdp ? (0, 4) : (76, 80);
        bool isOfGroup = hook == NetworkHook.PortGroup;
        string width = isOfGroup ? "u64" : "u32";
        if (isOfGroup) (data, end) = (0, 8);
        int offset = (isAtLink ? 42 : isOfGroup ? 8 : 28) + random.Next(6);
        int label = _labels++;
        Line($"r2 = *({width} *)(r6 + {data})", $"r3 = *({width} *)(r6 + {end})", "r4 = r2", $"r4 += {offset + 1}", $"if r4 > r3 goto past{label}");
        Line($"r1 = *(u8 *)(r2 + {offset})", "r8 *= 31", "r8 += r1");
        if (canWrite && random.Next(2) == 0) Line($"*(u8 *)(r2 + {offset}) = {random.Next(256)}");
        Line($"past{label}:");
    }
}
