using BpfConformance.Abi.Instructions;

namespace BpfConformance.Targets.Kernel;

/// <summary>Turns the map indices of a program into what the kernel reads.</summary>
internal static class MapReferences
{
    /// <summary>
    /// Patches the wide instructions that name maps: descriptors in place of indices (sources 1 and 2); indices into
    /// fd_array stay (5 and 6). What names no map is made to name descriptor −1: the kernel does not know how long
    /// fd_array is, and a small number would be some file of this process.
    /// </summary>
    /// <param name="program">Slots to patch.</param>
    /// <param name="fds">fd_array, whose last entry is −1.</param>
    /// <param name="count">How many of its first entries the program may name.</param>
    public static void Resolve(Span<Instruction> program, ReadOnlySpan<int> fds, int count)
    {
        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            Instruction i = program[pc];
            if (!i.IsWide) continue;

            bool isKnown = (uint)i.Immediate < (uint)count;
            switch ((LoadImm64Source)i.Src)
            {
                case LoadImm64Source.MapByFd:
                case LoadImm64Source.MapValueByFd:
                    program[pc] = i with { Immediate = isKnown ? fds[i.Immediate] : -1 };
                    break;
                case LoadImm64Source.MapByIndex:
                case LoadImm64Source.MapValueByIndex:
                    if (!isKnown) program[pc] = i with { Immediate = fds.Length - 1 };
                    break;
                case LoadImm64Source.Immediate:
                case LoadImm64Source.Variable:
                case LoadImm64Source.Code:
                default:
                    break;
            }
        }
    }
}
