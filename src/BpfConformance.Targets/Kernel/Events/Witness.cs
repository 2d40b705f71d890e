using System.Buffers.Binary;
using System.Collections.Immutable;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Events;

/// <summary>
/// Two programs, to be attached before another and behind it: they write down the context that the hook gave, and what the program left. The
/// kernel hands the same to all that are attached, and runs all of them (kernel/bpf/cgroup.c, 6.18, <c>bpf_prog_run_array_cg</c>; perf events each run
/// their own; kernel/tracepoint.c, <c>func_add</c>), in the order in which they were attached.
/// </summary>
internal sealed class Witness : IDisposable
{
    private static readonly ContextField s_retval = ContextTables.Sockopt.Field("retval");

    private readonly ContextView _view;
    private readonly WitnessLayout _layout;
    private readonly KernelMap _map;
    private readonly ImmutableArray<(int Offset, int Width)> _copied;

    /// <param name="loader">Loads the programs.</param>
    /// <param name="point">Of the program that is looked at.</param>
    /// <param name="view">Its context.</param>
    /// <param name="bytes">How much of that there is.</param>
    /// <param name="guard">What the programs begin with.</param>
    /// <exception cref="TargetException">They do not load.</exception>
    public Witness(ProgramLoader loader, AttachPoint point, ContextView view, int bytes, Instruction[] guard)
    {
        (_view, _layout, _copied) = (view, new WitnessLayout(bytes), WitnessCode.Copied(view, bytes));
        _map = KernelMap.CreateMemory(2 * _layout.Bytes, "what contexts have in them");
        try
        {
            Before = Load(loader, point, guard, position: 0);
            After = Load(loader, point, guard, _layout.Bytes);
        }
        catch (TargetException)
        {
            Before?.Dispose();
            _map.Dispose();
            throw;
        }
    }

    public FileDescriptor Before { get; }

    public FileDescriptor After { get; }

    /// <summary>How often the hook was reached.</summary>
    public long Runs => BinaryPrimitives.ReadInt64LittleEndian(_map.Memory);

    private ReadOnlySpan<byte> First => _map.Memory[.._layout.Bytes];

    private ReadOnlySpan<byte> Last => _map.Memory.Slice(_layout.Bytes, _layout.Bytes);

    public void Clear() => _map.Memory.Clear();

    /// <summary>What the hook gave that was not wanted, in words; <c>null</c>: nothing that can be read.</summary>
    public string? Deviation(WantedContext wanted)
    {
        foreach ((int offset, int width) in _copied)
        {
            ReadOnlySpan<byte> given = First.Slice(WitnessLayout.ContextPosition + offset, width);
            ReadOnlySpan<byte> asked = wanted.All.Slice(offset, width);
            if (given.SequenceEqual(asked)) continue;
            return $"{NameAt(offset)} has the bytes {Convert.ToHexStringLower(given)} at the hook, not {Convert.ToHexStringLower(asked)}";
        }

        ReadOnlySpan<byte> data = DataOf(First);
        return data.SequenceEqual(wanted.Data)
            ? null
            : $"the hook gives the data {Convert.ToHexStringLower(data)}, not {Convert.ToHexStringLower(wanted.Data)}";
    }

    /// <summary>Records what the program left where it can be read.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="index">Of the input.</param>
    /// <param name="isRefusal">Whether the program returned 0: then what a call is to return is no longer what it stored.</param>
    public void Record(ObservationBatch into, int index, bool isRefusal)
    {
        ReadOnlySpan<byte> data = DataOf(Last);
        if (into.Data(index).Length >= data.Length)
        {
            data.CopyTo(into.Data(index));
            into[index].DataLength = data.Length;
        }

        int bytes = _view.Layout.IsOpen ? _layout.ContextBytes : _view.Layout.SizeBytes;
        if (into.Context(index).Length < bytes) return;
        Last.Slice(WitnessLayout.ContextPosition, _layout.ContextBytes).CopyTo(into.Context(index));
        into[index].ContextLength = bytes;
        Span<byte> mask = into.ContextMask(index)[..bytes];
        mask.Clear();
        foreach ((int offset, int width) in _copied) mask.Slice(offset, width).Fill(byte.MaxValue);
        if (isRefusal && _view.Layout == ContextTables.Sockopt) mask.Slice(s_retval.Offset, s_retval.SizeBytes).Clear();
    }

    public void Dispose()
    {
        Before.Dispose();
        After.Dispose();
        _map.Dispose();
    }

    private string NameAt(int offset)
    {
        ContextField? field = _view.Layout.Fields.FirstOrDefault(each => each.HasName && offset >= each.Offset && offset < each.Offset + each.SizeBytes);
        return field is null ? $"byte {offset}" : field.IsArray ? $"{field.Name}[{(offset - field.FirstElement) / field.ElementBytes}]" : field.Name;
    }

    private ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> written) => written.Slice(
        _layout.DataPosition, (int)Math.Min(BinaryPrimitives.ReadInt64LittleEndian(written[_layout.LengthPosition..]), WitnessLayout.MaxDataBytes));

    private FileDescriptor Load(ProgramLoader loader, AttachPoint point, Instruction[] guard, int position)
    {
        LoadAnswer answer = loader.Explain([.. guard, .. WitnessCode.Of(_view, _layout, position)], point, [_map.Fd], LogLevel.Messages);
        return answer.Program ?? throw new TargetException($"a witness of {_view.Layout.Name} ({_view.Name}) does not load: {VerifierLog.MessageOf(answer.Log, answer.Errno)}");
    }
}
