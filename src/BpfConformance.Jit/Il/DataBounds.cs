using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Jit.Il;

/// <summary>
/// The bounds of the program's memory, which each run may have of another length, in locals of one function. What is n bytes
/// long may begin at any offset below the limit for n.
/// </summary>
internal sealed unsafe class DataBounds(MethodWriter w, MachineMemory memory)
{
    private static readonly FieldInfo s_start = typeof(Region).GetField(nameof(Region.Start))!; // its name is a member's
    private static readonly FieldInfo s_open = typeof(Machine).GetField(nameof(Machine.OpenDataBytes))!;
    private static readonly MethodInfo s_max = typeof(Math).GetMethod(nameof(Math.Max), [typeof(long), typeof(long)])!; // there is one for each type

    private readonly Dictionary<int, LocalBuilder> _limits = [];
    private LocalBuilder? _start;

    /// <summary>Fills the locals, for so many bytes at a time.</summary>
    public void Load(IEnumerable<int> lengths)
    {
        foreach (int bytes in lengths) _limits[bytes] = w.Il.DeclareLocal(typeof(ulong));
        if (_limits.Count > 0) _start = w.Il.DeclareLocal(typeof(ulong));
        Reload();
    }

    /// <summary>Fills them once more, after something that may have changed the packet.</summary>
    public void Reload()
    {
        if (_start is null) return;
        Push((long)(memory.Machine->Regions + Regions.Data), s_start);
        w.Il.Emit(OpCodes.Stloc, _start);
        foreach ((int bytes, LocalBuilder limit) in _limits)
        {
            Push((long)memory.Machine, s_open);
            w.Il.Emit(OpCodes.Conv_U8);
            w.Push(bytes - 1L);
            w.Il.Emit(OpCodes.Sub);
            w.Push(0L);
            w.Il.Emit(OpCodes.Call, s_max);
            w.Il.Emit(OpCodes.Stloc, limit);
        }
    }

    public void PushStart() => w.Il.Emit(OpCodes.Ldloc, _start!); // a function that asks has a group, whose length filled it

    /// <summary>How many offsets so many bytes can have: a length that was among those of the function.</summary>
    public void PushLimit(int bytes) => w.Il.Emit(OpCodes.Ldloc, _limits[bytes]);

    private void Push(long address, FieldInfo field)
    {
        w.Push(address);
        w.Il.Emit(OpCodes.Conv_U);
        w.Il.Emit(OpCodes.Ldfld, field);
    }
}
