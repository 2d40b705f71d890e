using BpfConformance.Abi.Network;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>What happens to a packet between programs.</summary>
public sealed unsafe partial class LivePacket
{
    /// <summary>Makes a field, or all of an array, zero.</summary>
    public void Clear(ContextField field)
    {
        _fields.AsSpan(field.Offset, field.SizeBytes).Clear();
        _fieldShadow.AsSpan(field.Offset, field.SizeBytes).Fill(ByteShadow.Scalar);
    }

    /// <summary>It goes out by a device, and a program of XDP is to see it there.</summary>
    public void SetEgress(NetworkDevice device) => SetXdpField("egress_ifindex", device);

    /// <summary>It has got a route, or has come in anew: what it was to be put into is forgotten (net/ipv4/route.c, net/core/skbuff.c; 6.18).</summary>
    public void DropTunnel() => _state.HasTunnel = false;

    /// <summary>The same packet once more.</summary>
    public LivePacket Copy()
    {
        var copy = new LivePacket(_bytes.Length);
        copy.Become(this);
        return copy;
    }

    /// <summary>From now on it is another one.</summary>
    /// <param name="other">As long at most as this can become.</param>
    public void Become(LivePacket other)
    {
        (Device, IsAtIngress, HiddenBytes) = (other.Device, other.IsAtIngress, other.HiddenBytes);
        (_socket, _isOrphan, _wire, HasChosenSocket) = (other._socket, other._isOrphan, other._wire, other.HasChosenSocket);
        (_state, _length) = (other._state, other._length);
        _meta.Become(other._meta);
        other.Bytes.CopyTo(_bytes);
        other.Shadow.CopyTo(_shadow);
        other._fields.CopyTo(_fields.AsSpan());
        other._fieldShadow.CopyTo(_fieldShadow.AsSpan());
    }

    /// <summary>It belongs to no socket any more (net/core/skbuff.c, 6.18, <c>__skb_clone</c>).</summary>
    public void Orphan() => (_socket, _isOrphan, HasChosenSocket) = (default, true, false);

    /// <summary>It has no link header yet: of what its bytes begin with, which is to become one, no program sees anything.</summary>
    public void LoseLink() => _state.LinkHeader = int.MaxValue;

    /// <summary>It gets the link header that its bytes begin with.</summary>
    public void GetLink() => _state.LinkHeader = 0;

    /// <summary>It begins anew where a program has put a link header before what it saw; whether there is one.</summary>
    public bool TryBeginAtLink()
    {
        if (_state.LinkHeader >= _state.NetworkHeader) return false;
        if (_state.LinkHeader > 0) Remove(0, _state.LinkHeader);
        (_state.NetworkHeader, _state.LinkHeader) = (_state.NetworkHeader - _state.LinkHeader, 0);
        return true;
    }

    /// <summary>Puts zeros into it.</summary>
    public void Insert(int offset, int count)
    {
        _length += count;
        Bytes[offset..^count].CopyTo(Bytes[(offset + count)..]);
        Shadow[offset..^count].CopyTo(Shadow[(offset + count)..]);
        Bytes.Slice(offset, count).Clear();
        Shadow.Slice(offset, count).Fill(ByteShadow.Scalar);
    }

    /// <summary>Takes bytes of headers out.</summary>
    public void Remove(int offset, int count)
    {
        Bytes[(offset + count)..].CopyTo(Bytes[offset..]);
        Shadow[(offset + count)..].CopyTo(Shadow[offset..]);
        _length -= count;
        _state.HeaderBytes = HeaderBytesOf(Bytes);
    }

    /// <summary>Cuts it.</summary>
    /// <param name="length">At most as long as it is.</param>
    public void Trim(int length) => _length = length;
}
