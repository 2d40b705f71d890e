using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Abi.Helpers;

/// <summary>
/// Texts that helpers take from maps must be there when the program is loaded, and no one may be able to change them any more
/// (kernel/bpf/verifier.c, 6.18, check_reg_const_str): the maps of such programs are frozen before.
/// </summary>
public static class ConstantStrings
{
    /// <summary>Whether user space freezes a map before the programs are loaded.</summary>
    public static bool Freeze(MapDefinition map, BpfProgram program) =>
        map.Type == MapType.Array && map.Flags.HasFlag(MapFlags.ReadOnlyForPrograms) && AreTaken(program);

    private static bool AreTaken(BpfProgram program)
    {
        foreach (ref readonly Instruction slot in program.Instructions.AsSpan())
        {
            bool isCall = slot is { Opcode: Opcodes.Call, Src: 0 } && HelperTable.NameOf(slot.Immediate) is not null;
            if (isCall && HelperTable.PrototypeOf(slot.Immediate).Arguments.Any(argument => argument.Kind == ArgumentKind.ConstantString)) return true;
        }

        return false;
    }
}
