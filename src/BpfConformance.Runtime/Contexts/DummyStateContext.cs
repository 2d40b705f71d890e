using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Contexts;

/// <summary>
/// The state of an operation of <c>bpf_dummy_ops</c>, to which its first argument leads: the caller gives it behind the arguments, and finds
/// there what the program left (net/bpf/bpf_dummy_struct_ops.c, 6.18, <c>dummy_ops_copy_args</c>).
/// </summary>
internal static unsafe class DummyStateContext
{
    private static readonly ContextField s_value = ContextTables.DummyArguments.Field("val");

    public static void Open(Machine* m)
    {
        m->Regions[Regions.DummyState].Length = (uint)s_value.SizeBytes;
        InContext(m).CopyTo(State(m), s_value.SizeBytes);
    }

    public static void Close(Machine* m) => State(m).CopyTo(InContext(m), s_value.SizeBytes);

    private static GuestBytes InContext(Machine* m) => Of(m->Regions + Regions.Context).From(s_value.Offset);

    private static GuestBytes State(Machine* m) => Of(m->Regions + Regions.DummyState);

    private static GuestBytes Of(Region* region) => new(region->Base, region->Shadow);
}
