using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// The programs in an array of programs. All are of one type, that of the array's owner: the first program that is loaded with it, or
/// else the first that is put in (kernel/bpf/core.c, 6.18, __bpf_prog_map_compatible).
/// </summary>
/// <param name="elements">How many there may be.</param>
internal sealed class ProgramIndices(int elements) : ObjectIndices(elements)
{
    private ImmutableArray<ProgramType> _types = [];
    private ProgramType? _loadedWith;
    private ProgramType? _owner;

    public override void Join(int map, ImmutableArray<MapDefinition> siblings, BpfProgram program)
    {
        _types = [.. Enumerable.Range(0, program.Count).Select(index => program[index].Type)];
        int first = Enumerable.Range(0, program.Count).FirstOrDefault(index => MapNames.IsIn(program, index, map), None);
        _owner = _loadedWith = first == None ? null : _types[first];
    }

    /// <summary>prog_fd_array_get_ptr.</summary>
    public override Errno Check(GuestBytes index)
    {
        int program = IndexOf(index);
        return (uint)program >= (uint)_types.Length ? Errno.EBADF
            : _owner is { } owner && owner != _types[program] ? Errno.EINVAL
            : Errno.None;
    }

    public override void Set(int element, GuestBytes index)
    {
        base.Set(element, index);
        _owner ??= _types[this[element]];
    }

    public override void Clear()
    {
        base.Clear();
        _owner = _loadedWith;
    }
}
