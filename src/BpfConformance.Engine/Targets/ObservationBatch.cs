using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Comparison;

namespace BpfConformance.Engine.Targets;

/// <summary>
/// The observations of one load's runs: fixed headers, and the bytes of memory and of maps afterwards with the masks of those
/// that may be compared. Owned by the runner and reused; an <see cref="Outcome"/> exists only when somebody asks.
/// </summary>
public sealed class ObservationBatch
{
    private readonly Dictionary<int, string> _reasons = [];
    private readonly ByteFacet _data = new();
    private readonly ByteFacet _maps = new();
    private readonly ByteFacet _contexts = new();
    private Observation[] _headers = [];

    public int Count { get; private set; }

    /// <summary>What the target wants to be known of all these runs: what it did not show, and why. Empty: nothing.</summary>
    public string Remark { get; set; } = string.Empty;

    public ref Observation this[int index] => ref _headers[index];

    /// <summary>Makes room for <paramref name="count"/> runs; nothing is seen yet.</summary>
    /// <param name="count">How many.</param>
    /// <param name="dataBytes">The most bytes of memory or packet, or of what a step gives.</param>
    /// <param name="mapBytes">The most bytes of an image of all maps; 0: none is wanted.</param>
    /// <param name="contextBytes">The most bytes of a context; 0: none is wanted.</param>
    public void Reset(int count, int dataBytes, int mapBytes = 0, int contextBytes = 0)
    {
        Count = count;
        if (_headers.Length < count) _headers = new Observation[count];
        foreach (ref Observation header in _headers.AsSpan(0, count)) header.Clear();
        _data.Reset(count, dataBytes);
        _maps.Reset(count, mapBytes);
        _contexts.Reset(count, contextBytes);
        _reasons.Clear();
        Remark = string.Empty;
    }

    /// <summary>Room for the memory or packet after run <paramref name="index"/>; <see cref="Observation.DataLength"/> says how much counts.</summary>
    public Span<byte> Data(int index) => _data.Bytes(index);

    /// <summary>0xff where the byte of <see cref="Data"/> may be compared; all may, unless a target says otherwise.</summary>
    public Span<byte> DataMask(int index) => _data.Mask(index);

    /// <summary>Room for an image of the maps (<see cref="Comparison.MapImage"/>) after run <paramref name="index"/>; <see cref="Observation.MapsLength"/> says how much counts.</summary>
    public Span<byte> Maps(int index) => _maps.Bytes(index);

    /// <summary>As <see cref="DataMask"/>, for <see cref="Maps"/>.</summary>
    public Span<byte> MapsMask(int index) => _maps.Mask(index);

    /// <summary>Room for the context after run <paramref name="index"/>; <see cref="Observation.ContextLength"/> says how much counts.</summary>
    public Span<byte> Context(int index) => _contexts.Bytes(index);

    /// <summary>As <see cref="DataMask"/>, for <see cref="Context"/>.</summary>
    public Span<byte> ContextMask(int index) => _contexts.Mask(index);

    /// <summary>Marks a run as inconclusive, and says why.</summary>
    public void SetInconclusive(int index, string reason)
    {
        _headers[index] = Observation.Nothing with { Status = ExecutionStatus.Inconclusive };
        _reasons[index] = reason;
    }

    /// <summary>Of a sequence: when an input did not return, nothing follows from those after it; whether that is so.</summary>
    public bool EndSequenceAfter(int index)
    {
        if (_headers[index].Status == ExecutionStatus.Returned) return false;
        for (int later = index + 1; later < Count; later++) SetInconclusive(later, $"nothing follows from step {index + 1}, whose end is not known or not as it should be");
        return true;
    }

    /// <summary>Marks a run as one in which the machine broke, and says how.</summary>
    public void SetCrashed(int index, string reason)
    {
        _headers[index] = Observation.Nothing with { Status = ExecutionStatus.Crashed };
        _reasons[index] = reason;
    }

    /// <summary>Marks a run as one that had no end, which shows in something else than its budget.</summary>
    public void SetTimedOut(int index, string reason)
    {
        _headers[index] = Observation.Nothing with { Status = ExecutionStatus.TimedOut };
        _reasons[index] = reason;
    }

    /// <summary>Why a run is inconclusive, how the machine broke, or how it was seen that there was no end; empty for others.</summary>
    public string Reason(int index) => _reasons.GetValueOrDefault(index, string.Empty);

    /// <summary>Whether both runs agree in everything that both saw and <paramref name="mask"/> asks for.</summary>
    public bool Agrees(int index, ObservationBatch other, in Mask mask) =>
        FacetComparer.Differences(this, index, other, index, mask) == Facets.None;

    public Outcome Materialize(int index)
    {
        Observation seen = _headers[index];
        var registers = ImmutableArray.CreateBuilder<ulong?>(MachineLimits.RegisterCount);
        for (int r = 0; r < MachineLimits.RegisterCount; r++)
        {
            registers.Add((seen.RegistersMask >> r & 1) != 0 ? seen.Registers[r] : null);
        }

        return new Outcome(seen.Status)
        {
            R0 = seen.R0Mask == 0 ? null : seen.R0,
            R0Mask = seen.R0Mask,
            Registers = seen.RegistersMask == 0 ? null : new RegisterFile(registers.MoveToImmutable()),
            Data = seen.DataLength < 0 ? default(ReadOnlyMemory<byte>?) : Data(index)[..seen.DataLength].ToArray(),
            Maps = seen.MapsLength < 0 ? default(ReadOnlyMemory<byte>?) : Maps(index)[..seen.MapsLength].ToArray(),
            Context = seen.ContextLength < 0 ? default(ReadOnlyMemory<byte>?) : Context(index)[..seen.ContextLength].ToArray(),
            Instructions = seen.Instructions < 0 ? null : seen.Instructions,
            Fault = seen.Fault == FaultKind.None ? null : new Fault(seen.Fault, seen.FaultPc < 0 ? null : seen.FaultPc),
            Reason = Reason(index),
        };
    }
}
