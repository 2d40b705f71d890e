using System.Runtime.InteropServices;

namespace BpfConformance.Runtime.Execution;

/// <summary>
/// What a socket sends while a program decides on it (include/linux/skmsg.h, 6.18, <c>struct sk_msg</c>): parts that lie one behind the other in the
/// room for data, of which the data region shows a stretch.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct MessageState
{
    /// <summary>The most parts (MAX_MSG_FRAGS).</summary>
    public const int MaxParts = 17;

    /// <summary>Where the data region begins, counted from the start of the message.</summary>
    public uint WindowStart;

    /// <summary>How many parts there are.</summary>
    public int PartCount;

    /// <summary>The bytes of each.</summary>
    public fixed uint Parts[MaxParts];

    /// <summary>For so many bytes the verdict is; 0: for all.</summary>
    public uint ApplyBytes;

    /// <summary>So many bytes are to be there before there is one; 0: any.</summary>
    public uint CorkBytes;

    /// <summary>All bytes.</summary>
    public readonly uint Length
    {
        get
        {
            uint length = 0;
            for (int part = 0; part < PartCount; part++) length += Parts[part];
            return length;
        }
    }

    /// <summary>The part that has a byte, and where it begins; of a position at the end the last part, or of none at all the first.</summary>
    public readonly int PartAt(uint position, out uint start)
    {
        start = 0;
        int part = 0;
        for (; part < PartCount - 1 && position >= start + Parts[part]; part++) start += Parts[part];
        return part;
    }

    /// <summary>Puts a part before another one; there must be room.</summary>
    public void Insert(int part, uint bytes)
    {
        for (int i = PartCount++; i > part; i--) Parts[i] = Parts[i - 1];
        Parts[part] = bytes;
    }

    /// <summary>Takes a part out.</summary>
    public void Remove(int part)
    {
        PartCount--;
        for (int i = part; i < PartCount; i++) Parts[i] = Parts[i + 1];
    }
}
