using System.Collections.Immutable;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// What a trace takes of the calls of a helper: its number, the arguments that it takes in programs of every type, and its result if that follows from them. A function that
/// is an argument shows in what it does, and its address is the program's layout. Calls of bpf_map_lookup_elem are not taken: engines look up themselves in maps that they know.
/// </summary>
/// <param name="Arguments">Bit n: what is in register n before the call.</param>
/// <param name="HasResult">Whether also what is in r0 behind it.</param>
public readonly record struct TracedHelper(byte Arguments, bool HasResult)
{
    private const int LookupElem = 1;

    /// <summary>Those of all helpers, by number.</summary>
    private static readonly TracedHelper[] s_all = [default, .. Enumerable.Range(1, HelperTable.Count).Select(helper => Make(HelperTable.PrototypesOf(helper)))];

    /// <param name="helper">From 1 to <see cref="HelperTable.Count"/>.</param>
    public static TracedHelper Of(ulong helper) => s_all[helper];

    /// <summary>Whether calls of it are taken: it is a helper of the kernel's, and no engine does without the call.</summary>
    public static bool Has(ulong helper) => helper is not (LookupElem or Callbacks.RunTimers);

    private static TracedHelper Make(ImmutableArray<HelperPrototype> prototypes)
    {
        int arguments = 0;
        for (int i = 0; i < prototypes.Min(row => row.Arguments.Length); i++)
        {
            if (prototypes.All(row => row.Arguments[i].Kind != ArgumentKind.Function)) arguments |= 1 << ((int)Register.R1 + i);
        }

        return new TracedHelper((byte)arguments, prototypes.All(row => row.Return != HelperReturn.Void && row.IsDeterministic));
    }
}
