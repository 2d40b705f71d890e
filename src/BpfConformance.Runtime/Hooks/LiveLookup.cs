using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Hooks;

/// <summary>A search for a socket, for a program that is given no packet.</summary>
internal sealed unsafe class LiveLookup : ILiveData
{
    public int HiddenBytes => 0;

    /// <summary>What was chosen before.</summary>
    public SocketChoice Choice { get; set; }

    public void Show(Machine* m, bool isSkBuff)
    {
        m->Choice = Choice;
        if (Choice.IsMade) SocketFields.Show(m->Regions + Regions.Socket, Choice.Socket);
    }
}
