using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Maps;

/// <summary>The control groups in an array of them: each a <see cref="ControlGroupKind"/>.</summary>
/// <param name="elements">How many there may be.</param>
internal sealed class ControlGroupIndices(int elements) : ObjectIndices(elements)
{
    public override Errno Check(GuestBytes index) => Enum.IsDefined((ControlGroupKind)IndexOf(index)) ? Errno.None : Errno.EBADF;

    public override void Join(int map, ImmutableArray<MapDefinition> siblings, BpfProgram program)
    {
    }
}
