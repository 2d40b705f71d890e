using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;

namespace BpfConformance.Jit;

/// <summary>The call of a helper whose number is known only when the program runs.</summary>
internal static unsafe class RegisterCall
{
    /// <summary>Calls it; all 64 bits are the number.</summary>
    public static FaultKind Invoke(Machine* m, ulong number)
    {
        delegate*<Machine*, FaultKind> helper = HelperSet.Find(number);
        return helper == null ? FaultKind.UnknownHelper : HelperCall.Invoke(m, number, helper);
    }
}
