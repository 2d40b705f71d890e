using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>A message that a program is about to see: of its bytes the first part (net/core/skmsg.c, 6.18, <c>sk_msg_compute_data_pointers</c>).</summary>
/// <param name="message">The message.</param>
/// <param name="socket">Which sends it.</param>
internal sealed unsafe class LiveMessage(Message message, HostSocket socket) : ILiveData
{
    public int HiddenBytes => 0;

    public void Show(Machine* m, bool isSkBuff)
    {
        m->Message = new MessageState { ApplyBytes = message.ApplyBytes, CorkBytes = message.CorkBytes };
        foreach (StreamBytes part in message.Parts) m->Message.Insert(m->Message.PartCount, (uint)part.Length);
        Region* data = m->Regions + Regions.Data;
        if (data->Shadow != null) StreamBytes.Join(message.Parts).Shadow.Span.CopyTo(new Span<byte>(data->Shadow, (int)data->Length));
        Packet.MoveWindow(m, 0, m->Message.Parts[0]);
        SkMsgContext.Complete(m, socket.Place);
    }

    /// <summary>Takes over what the program has left of it.</summary>
    public void Follow(MachineMemory memory)
    {
        Machine* m = memory.Machine;
        Region* data = m->Regions + Regions.Data;
        message.Parts.Clear();
        long at = -(long)m->Message.WindowStart;
        for (int part = 0; part < m->Message.PartCount; part++)
        {
            int length = (int)m->Message.Parts[part];
            var bytes = StreamBytes.Plain(new ReadOnlySpan<byte>(data->Base + at, length));
            if (memory.IsTracked) bytes = bytes with { Shadow = new ReadOnlySpan<byte>(data->Shadow + at, length).ToArray() };
            message.Parts.Add(bytes);
            at += length;
        }

        (message.ApplyBytes, message.CorkBytes, message.Redirect) = (m->Message.ApplyBytes, m->Message.CorkBytes, m->Redirect);
    }
}
