using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>What is in an array of things that cases name by words, such as <see cref="PerfEventKind"/> and <see cref="ControlGroupKind"/>.</summary>
/// <typeparam name="T">The words.</typeparam>
/// <param name="elements">How many there may be.</param>
internal sealed class WordIndices<T>(int elements) : ObjectIndices(elements)
    where T : struct, Enum
{
    public override Errno Check(GuestBytes index) => Enum.IsDefined(typeof(T), IndexOf(index)) ? Errno.None : Errno.EBADF;

    public override void Join(int map, LoadedMaps siblings, BpfProgram program)
    {
    }
}
