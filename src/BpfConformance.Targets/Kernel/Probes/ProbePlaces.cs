using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// The perf events that programs are attached to: each takes one, so there are as many of each as are attached at once. They are of one thread, and end
/// with it. As the kernel takes its time to close those of uprobes and tracepoints, they stay open for as long as the target.
/// </summary>
internal sealed unsafe class ProbePlaces : IDisposable
{
    /// <summary>A program, and witnesses before and behind it.</summary>
    public const int Count = 3;

    private const string Sources = "/sys/bus/event_source/devices/";

    private readonly Lazy<RegisterLoader> _loader = new(() => new RegisterLoader());
    private ProbeCode? _probed;
    private ImmutableArray<FileDescriptor> _uprobes = [];
    private ImmutableArray<FileDescriptor> _tracepoints = [];

    /// <summary>Code is mapped at one place at a time.</summary>
    public static Lock Mapping { get; } = new();

    public RegisterLoader Loader => _loader.Value;

    /// <summary>Whether this kernel has a kind of events; what is put into registers are those of x86-64.</summary>
    public static bool AreOf(ProgramType type) => type switch
    {
        ProgramType.Kprobe => IsX64 && File.Exists(Sources + "uprobe/type"),
        ProgramType.PerfEvent => IsX64 && File.Exists(Sources + "breakpoint/type"),
        ProgramType.Tracepoint => s_tracepoint.Value is not null,
        _ => false,
    };

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    private static readonly Lazy<ulong?> s_tracepoint = new(FindTracepoint);

    /// <summary>Probes of a one-byte instruction of no effect, which is to be at an address.</summary>
    /// <param name="address">Of the instruction.</param>
    /// <param name="code">Where it is.</param>
    /// <exception cref="TargetException">There are none.</exception>
    public ImmutableArray<FileDescriptor> Uprobes(ulong address, out ProbeCode code)
    {
        const byte Nop = 0x90;
        if (_probed?.Offset != (int)(address % MappedPages.PageBytes))
        {
            Close(ref _uprobes);
            _probed?.Dispose();
            _probed = null; // until there are probes of another
            var probed = new ProbeCode(Loader, address, [Nop]);
            try
            {
                _uprobes = OpenUprobes(probed);
                _probed = probed;
            }
            finally
            {
                if (_probed is null) probed.Dispose();
            }
        }

        code = _probed;
        return _uprobes;
    }

    /// <summary>Breakpoints where a byte is written; the caller disposes them.</summary>
    /// <param name="address">Of the byte.</param>
    /// <param name="period">As the programs are told.</param>
    /// <exception cref="TargetException">There are none.</exception>
    public static ImmutableArray<FileDescriptor> Breakpoints(ulong address, ulong period) => Open(new PerfEventAttributes
    {
        Type = PerfEventAttributes.Breakpoint,
        SamplePeriod = period,
        Flags = PerfEventAttributes.ExcludeKernel,
        BreakpointType = PerfEventAttributes.Writes,
        Config1 = address,
        Config2 = 1,
    });

    /// <summary>Those of <see cref="PerfTracepointEvent"/>.</summary>
    /// <exception cref="TargetException">There are none.</exception>
    public ImmutableArray<FileDescriptor> Tracepoints()
    {
        if (_tracepoints.IsEmpty)
        {
            ulong number = s_tracepoint.Value ?? throw new TargetException($"this kernel has no tracepoint {PerfTracepointEvent.Name}");
            _tracepoints = Open(new PerfEventAttributes { Type = PerfEventAttributes.Tracepoint, Config = number, Flags = PerfEventAttributes.Disabled });
        }

        return _tracepoints;
    }

    public static void Close(ref ImmutableArray<FileDescriptor> events)
    {
        foreach (FileDescriptor each in events) each.Dispose();
        events = [];
    }

    public void Dispose()
    {
        Close(ref _uprobes);
        Close(ref _tracepoints);
        _probed?.Dispose();
        if (_loader.IsValueCreated) _loader.Value.Dispose();
    }

    private static ImmutableArray<FileDescriptor> OpenUprobes(ProbeCode code)
    {
        uint type = uint.Parse(File.ReadAllText(Sources + "uprobe/type"), CultureInfo.InvariantCulture);
        fixed (byte* path = Encoding.ASCII.GetBytes($"/proc/self/fd/{code.File.Number}\0"))
        {
            return Open(new PerfEventAttributes { Type = type, Flags = PerfEventAttributes.Disabled, Config1 = (ulong)path, Config2 = (ulong)code.Offset });
        }
    }

    private static ImmutableArray<FileDescriptor> Open(PerfEventAttributes attributes)
    {
        var events = ImmutableArray.CreateBuilder<FileDescriptor>(Count);
        while (events.Count < Count)
        {
            if (PerfEventCall.Open(attributes, PerfEventCall.ThisThread, PerfEventCall.AnyProcessor) is { } opened)
            {
                events.Add(opened);
                continue;
            }

            TargetException problem = Native.Failed($"perf_event_open of type {attributes.Type}");
            foreach (FileDescriptor each in events) each.Dispose();
            throw problem;
        }

        return events.MoveToImmutable();
    }

    private static ulong? FindTracepoint()
    {
        try
        {
            using FileDescriptor tracing = DetachedMount.Of("tracefs");
            return ulong.Parse(File.ReadAllText($"/proc/self/fd/{tracing.Number}/events/{PerfTracepointEvent.Name}/id"), CultureInfo.InvariantCulture);
        }
        catch (Exception problem) when (problem is TargetException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
