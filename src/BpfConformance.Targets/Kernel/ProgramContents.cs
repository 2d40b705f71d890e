using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>What a map of programs begins with.</summary>
internal static class ProgramContents
{
    /// <summary>Whether they are there, and nothing else; found out without an allocation.</summary>
    public static bool AreIn(KernelMap map)
    {
        if (map.Programs.Count != map.Definition.Contents.Length) return false;
        foreach (MapEntry entry in map.Definition.Contents)
        {
            if (!IsIn(map, entry)) return false;
        }

        return true;
    }

    /// <summary>
    /// Touches only the entries that are not as they are to be: one that a tail call with a constant index leads through costs the
    /// kernel a grace period when it is deleted (arch/x86/net/bpf_jit_comp.c, 6.18, bpf_arch_poke_desc_update).
    /// </summary>
    /// <param name="map">Which.</param>
    /// <param name="siblings">The maps of its case, which know the programs.</param>
    /// <exception cref="TargetException">The map does not take them.</exception>
    public static void PutInto(KernelMap map, CaseMaps siblings)
    {
        var access = new KernelMapAccess(map, siblings);
        HashSet<uint> given = [.. map.Definition.Contents.Select(entry => BitConverter.ToUInt32(entry.Key.Span))];
        foreach (uint index in map.Programs.Keys.Where(index => !given.Contains(index)).ToArray())
        {
            int errno = access.Delete(BitConverter.GetBytes(index));
            if (errno != 0) throw map.Refused(errno);
        }

        foreach (MapEntry entry in map.Definition.Contents)
        {
            if (IsIn(map, entry)) continue;
            int errno = access.Update(entry.Key.Span, entry.Value.Span, UpdateFlags.Any);
            if (errno != 0) throw map.Refused(errno);
        }
    }

    private static bool IsIn(KernelMap map, in MapEntry entry) =>
        map.Programs.TryGetValue(BitConverter.ToUInt32(entry.Key.Span), out int program) && program == BitConverter.ToInt32(entry.Value.Span);
}
