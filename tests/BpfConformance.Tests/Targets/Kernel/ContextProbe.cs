using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Asks the kernel, by loads that are never run, what programs of one hook may do.</summary>
internal sealed class ContextProbe
{
    private static readonly (int WidthBytes, byte Size)[] s_sizes = [(1, 0x10), (2, 0x08), (4, 0x00), (8, 0x18)];

    private readonly ProgramLoader _loader;
    private readonly AttachPoint _point;
    private readonly Instruction[] _prologue;
    private readonly int _base = 1;

    /// <param name="loader">What loads them; it stays the caller's.</param>
    /// <param name="hook">What decides the value that the programs return.</param>
    /// <param name="attachType">What they are loaded for.</param>
    /// <param name="attachBtfId">The BTF type that their loads name; 0: none.</param>
    /// <param name="through">The field with the address of what is accessed; <c>null</c>: the context itself.</param>
    public ContextProbe(
        ProgramLoader loader, ProgramHook hook, AttachType attachType, uint attachBtfId = 0, ContextField? through = null)
    {
        _loader = loader;
        _point = AttachPoints.Of(hook.Type) with { AttachType = attachType, AttachBtfId = attachBtfId };
        _prologue = [Move(0, hook.Return.Range.Contains(0) ? 0 : (int)hook.Return.Range.Minimum)];
        if (through is null) return;

        // What may be null is compared with it, and then nothing is accessed.
        const int Pointer = 3;
        _prologue = [.. _prologue, Slot(0x79, Pointer, 1, through.Offset), Slot(0x15, Pointer, 0, 1)];
        _base = Pointer;
    }

    /// <summary>Every access from one offset: how it is written, and whether it loads.</summary>
    public IEnumerable<(ContextAccess Access, int WidthBytes, string Form, bool Loads)> AccessesAt(int offset)
    {
        foreach ((int widthBytes, byte size) in s_sizes)
        {
            yield return (ContextAccess.Load, widthBytes, "ldx", Loads(Slot((byte)(0x61 | size), 2, _base, offset)));
            yield return (ContextAccess.SignedLoad, widthBytes, "ldxs", Loads(Slot((byte)(0x81 | size), 2, _base, offset)));
            yield return (ContextAccess.Store, widthBytes, "stx", Loads(Slot((byte)(0x63 | size), _base, 0, offset)));
            yield return (ContextAccess.Store, widthBytes, "st", Loads(Slot((byte)(0x62 | size), _base, 0, offset)));
        }
    }

    /// <summary>Whether an atomic addition loads.</summary>
    public bool TakesAtomic(int offset, int widthBytes) => Loads(Slot((byte)(widthBytes == 8 ? 0xdb : 0xc3), 1, 0, offset));

    /// <summary>Whether a program loads that returns a value.</summary>
    public bool Returns(long value) => Decide([.. Wide(0, 0, (int)value, (int)(value >> 32)), Exit]);

    /// <summary>The verifier's word for what a load gives: what its trace calls r2 after it.</summary>
    public string KindOf(ContextField field, int widthBytes)
    {
        byte size = s_sizes.Single(row => row.WidthBytes == widthBytes).Size;

        // Only a rejected program has a log here: r9 was never written.
        Instruction[] program = [Slot((byte)(0x61 | size), 2, 1, field.Offset), Copy(0, 9), Exit];
        string log = _loader.Explain(program, _point, fds: [], LogLevel.Trace).Log;
        string line = log.Split('\n').SkipWhile(text => !text.Contains("r2 = *(", StringComparison.Ordinal)) // a line about the function may follow
            .FirstOrDefault(text => text.Contains("R2", StringComparison.Ordinal)) ?? log;
        int start = line.LastIndexOf("R2", StringComparison.Ordinal);
        int equals = start < 0 ? -1 : line.IndexOf('=', start);
        return equals < 0 ? log : line[(equals + 1)..].Split('(', 2)[0];
    }

    private bool Loads(Instruction access) => Decide([.. _prologue, access, Exit]);

    private bool Decide(Instruction[] program)
    {
        using FileDescriptor? loaded = _loader.Decide(program, _point, fds: []).Program;
        return loaded is not null;
    }
}
