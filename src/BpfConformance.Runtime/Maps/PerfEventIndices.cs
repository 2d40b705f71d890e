using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The events in an array of them: each a <see cref="PerfEventKind"/>.</summary>
/// <param name="elements">How many there may be.</param>
internal sealed class PerfEventIndices(int elements) : ObjectIndices(elements)
{
    public override Errno Check(GuestBytes index) => Enum.IsDefined((PerfEventKind)IndexOf(index)) ? Errno.None : Errno.EBADF;

    public override void Join(int map, ImmutableArray<MapDefinition> siblings, BpfProgram program)
    {
    }
}
