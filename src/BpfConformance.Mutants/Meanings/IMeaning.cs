using System.Reflection;
using System.Runtime.CompilerServices;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Mutants.Meanings;

/// <summary>What an instruction does, as a type. Defects wrap others: each mutant is code of its own.</summary>
internal unsafe interface IMeaning
{
    static abstract Slot* Run(Slot* s, Machine* m);
}

/// <summary>Makes handlers of meanings.</summary>
internal static unsafe class Meaning
{
    private static readonly MethodInfo s_run =
        typeof(Meaning).GetMethod(nameof(Run), BindingFlags.Static | BindingFlags.NonPublic)!; // it is below

    public static Handler HandlerOf(Type meaning) => s_run.MakeGenericMethod(meaning).CreateDelegate<Handler>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Slot* Run<TMeaning>(Slot* s, Machine* m)
        where TMeaning : struct, IMeaning => TMeaning.Run(s, m);
}
