using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>Puts into a context what is there when its program starts.</summary>
internal static unsafe class InitialContext
{
    /// <param name="m">The machine; the packet is in place, and the context has its fields.</param>
    /// <param name="hook">Whose context it is.</param>
    /// <param name="packet">All of it.</param>
    /// <param name="given">What is given of the context, at most as long as it is.</param>
    public static void Fill(Machine* m, ProgramHook hook, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> given)
    {
        Region* region = m->Regions + Regions.Context;
        var context = new Span<byte>(region->Base, (int)region->FieldBytes);
        given.CopyTo(context);
    }
}
