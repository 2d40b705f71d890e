using System.Runtime.InteropServices;
using BpfConformance.Abi;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>
/// A device whose wire is a descriptor (drivers/net/tun.c, 6.18): a frame that is written arrives, and has been dealt with when the call
/// returns; what leaves is read.
/// </summary>
internal sealed unsafe class TapDevice : IDisposable
{
    private const nuint SetIndex = 0x400454da; // TUNSETIFINDEX
    private const nuint SetDevice = 0x400454ca; // TUNSETIFF
    private const short EthernetFramesAlone = 0x1002; // IFF_TAP | IFF_NO_PI
    private const int ReadWriteNonBlocking = 0x80802; // O_RDWR | O_NONBLOCK | O_CLOEXEC

    private readonly FileDescriptor _wire;
    private readonly byte[] _frame = new byte[ushort.MaxValue];

    private TapDevice(FileDescriptor wire, NetworkDevice device) => (_wire, Device) = (wire, device);

    public NetworkDevice Device { get; }

    /// <summary>In the namespace of this thread; it is up, and has its addresses.</summary>
    /// <exception cref="TargetException">It is refused.</exception>
    public static TapDevice Create(NetworkDevice device)
    {
        FileDescriptor wire = Open();
        try
        {
            Interfaces.Control(wire, SetIndex, BitConverter.GetBytes(device.Index), "the index of a device");
            byte[] request = Interfaces.Request(device.Name);
            BitConverter.TryWriteBytes(request.AsSpan(Interfaces.NameBytes), EthernetFramesAlone);
            Interfaces.Control(wire, SetDevice, request, $"device {device.Name}");
            Interfaces.SetUp(device);
            return new TapDevice(wire, device);
        }
        catch (TargetException)
        {
            wire.Dispose();
            throw;
        }
    }

    /// <summary>A frame arrives.</summary>
    /// <returns>0, or an errno.</returns>
    public int Write(ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            return Native.write(_wire.Number, bytes, (nuint)frame.Length) >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>The next frame that has left; empty: there is none. It lasts until the next call.</summary>
    public ReadOnlySpan<byte> Read()
    {
        fixed (byte* bytes = _frame)
        {
            nint length = Native.read(_wire.Number, bytes, (nuint)_frame.Length);
            if (length >= 0) return _frame.AsSpan(0, (int)length);
        }

        return Marshal.GetLastPInvokeError() == (int)Errno.EAGAIN ? [] : throw Native.Failed($"device {Device.Name}");
    }

    public void Dispose() => _wire.Dispose();

    private static FileDescriptor Open()
    {
        fixed (byte* path = "/dev/net/tun\0"u8)
        {
            int fd = Native.open(path, ReadWriteNonBlocking);
            return fd >= 0 ? new FileDescriptor(fd) : throw Native.Failed("/dev/net/tun");
        }
    }
}
