using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>Puts into a context what is there when its program starts: what is given, and what follows from it and from the packet.</summary>
internal static unsafe class InitialContext
{
    private static readonly ContextView s_socket = ContextTables.Sock["sock"];

    /// <summary>Those that always lead to a socket.</summary>
    private static readonly ContextLayout[] s_withSocket = [ContextTables.SkMsg, ContextTables.SkReuseport];

    /// <param name="m">The machine; the packet is in place, and the context has its fields.</param>
    /// <param name="hook">Whose context it is.</param>
    /// <param name="attachType">What the program is attached to.</param>
    /// <param name="packet">All of it.</param>
    /// <param name="given">What is given of the context, at most as long as it is.</param>
    public static void Fill(Machine* m, ProgramHook hook, AttachType attachType, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> given)
    {
        if (hook.Given != hook.Context)
        {
            if (hook.Type == ProgramType.FlowDissector) FlowKeysContext.Open(m, packet, given);
            else HookStateContext.Open(m, given);
            return;
        }

        var context = new ContextBytes(m->Regions + Regions.Context);
        given.CopyTo(context.All);
        ContextView view = hook.Context!.Value; // only hooks that have one come here
        ContextLayout layout = view.Layout;
        if (layout == ContextTables.SkBuff) SkBuffContext.Complete(m, context, packet);
        else if (layout == ContextTables.XdpMd) XdpContext.Complete(m, context);
        else if (layout == ContextTables.SkLookup) SkLookupContext.Complete(context);
        else if (layout == ContextTables.Sock) SockContext.Complete(context, view);
        else if (layout == ContextTables.SockAddr) SockAddrContext.Complete(m, context, view, attachType);
        else if (layout == ContextTables.Sockopt) SockoptContext.Complete(m, context);
        else if (layout == ContextTables.Sysctl) SysctlContext.Complete(m, context);
        else if (layout == ContextTables.CgroupDevice) CgroupDeviceContext.Complete(context);
        else if (layout == ContextTables.Registers || layout == ContextTables.PerfEventData) ProbeDefaults.Complete(layout, context.All);
        else if (layout == ContextTables.DummyArguments) DummyStateContext.Open(m);
        else if (layout == ContextTables.WritableArguments) new Span<byte>(m->Regions[Regions.Context].Shadow, sizeof(ulong)).Fill(ByteShadow.Volatile); // bytes of the buffer's address
        else if (s_withSocket.Contains(layout)) m->Regions[Regions.Socket].OpenFields(ContextTable.Of(s_socket), ContextTables.Sock.SizeBytes);
    }
}
