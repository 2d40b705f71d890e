using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel.Events;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// This thread writes a byte on which there is a breakpoint, with the wanted values in its registers: a counted event that is then sampled
/// (kernel/events/core.c, 6.18, <c>perf_bp_event</c>, <c>bpf_overflow_handler</c>). The processor tells of it behind the instruction.
/// </summary>
internal sealed class SampleEvent(ProbePlaces places) : IHookEvent, IDisposable
{
    private const int StoreBytes = 1 + sizeof(ulong);

    private static readonly ContextField s_period = ContextTables.PerfEventData.Field("sample_period");
    private static readonly ContextField s_address = ContextTables.PerfEventData.Field("addr");

    private ImmutableArray<FileDescriptor> _places = [];
    private ProbeCode? _code;

    public bool CanBeMissed => true;

    public HookPlace Place => new HookPlace.PerfEvents(_places);

    public void Complete(WantedContext wanted) => ProbeDefaults.Complete(ContextTables.PerfEventData, wanted.All);

    public string? WhyNot(WantedContext wanted) => RegisterRules.WhyNot(wanted)
        ?? ((long)RegisterRules.Number(wanted, s_period) < 0 ? "sample_period is more than 0x7fffffffffffffff"
        : RegisterRules.Number(wanted, s_address) < RegisterRules.LeastAddress ? $"addr is less than 0x{RegisterRules.LeastAddress:x}; nothing is mapped there"
        : IsNear(PageOf(RegisterRules.Number(wanted, s_address)), PageOf(RegisterRules.Ip(wanted))) ? "addr is near ip, and code is not written here"
        : null);

    public void Prepare(WantedContext wanted)
    {
        Dispose();
        ulong address = RegisterRules.Number(wanted, s_address);
        byte[] store = new byte[StoreBytes];
        store[0] = 0xa2; // mov [address], al: the address is in the instruction
        BinaryPrimitives.WriteUInt64LittleEndian(store.AsSpan(1), address);
        _code = new ProbeCode(places.Loader, Start(wanted), store);
        _places = ProbePlaces.Breakpoints(address, RegisterRules.Number(wanted, s_period));
    }

    public CallFailure? Cause(WantedContext wanted)
    {
        ulong page = PageOf(RegisterRules.Number(wanted, s_address));
        lock (ProbePlaces.Mapping)
        {
            using MappedPages? written = MappedPages.TryMap(page, 1, Native.ProtectionRead | Native.ProtectionWrite, null, out CallFailure? problem);
            if (written is null) return problem;
            foreach (FileDescriptor place in _places) problem ??= PerfEventCall.SampleNext(place, RegisterRules.Number(wanted, s_period));
            return problem ?? _code!.Run(wanted.All[..ContextTables.Registers.SizeBytes], Start(wanted)); // it has been prepared
        }
    }

    public void Dispose()
    {
        ProbePlaces.Close(ref _places);
        _code?.Dispose();
    }

    private static ulong Start(WantedContext wanted) => RegisterRules.Ip(wanted) - StoreBytes;

    private static ulong PageOf(ulong address) => address & ~(ulong)(MappedPages.PageBytes - 1);

    private static bool IsNear(ulong page, ulong code) => page + (2 * MappedPages.PageBytes) >= code && page <= code + (2 * MappedPages.PageBytes);
}
