using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// The programs in an array of programs. All are of one kind, that of the array's owner: the first program that is loaded with it, or
/// else the first that is put in (kernel/bpf/core.c, 6.18, __bpf_prog_map_compatible).
/// </summary>
/// <param name="elements">How many there may be.</param>
internal sealed class ProgramIndices(int elements) : ObjectIndices(elements)
{
    private ImmutableArray<ProgramKind> _kinds = [];
    private ProgramKind? _loadedWith;
    private ProgramKind? _owner;

    public override void Join(int map, LoadedMaps siblings, BpfProgram program)
    {
        _kinds = [.. Enumerable.Range(0, program.Count).Select(index => ProgramKind.Of(program, index, siblings.Definitions))];
        int first = Enumerable.Range(0, program.Count).FirstOrDefault(index => MapNames.IsIn(program, index, map), None);
        _owner = _loadedWith = first == None ? null : _kinds[first];
    }

    /// <summary>prog_fd_array_get_ptr.</summary>
    public override Errno Check(GuestBytes index)
    {
        int program = IndexOf(index);
        return (uint)program >= (uint)_kinds.Length ? Errno.EBADF
            : _owner is { } owner && !owner.Takes(_kinds[program], MapType.ProgArray) ? Errno.EINVAL
            : Errno.None;
    }

    public override void Set(int element, GuestBytes index)
    {
        base.Set(element, index);
        _owner ??= _kinds[this[element]];
    }

    public override void Clear()
    {
        base.Clear();
        _owner = _loadedWith;
    }
}
