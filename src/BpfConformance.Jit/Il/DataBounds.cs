using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;

namespace BpfConformance.Jit.Il;

/// <summary>The bounds of the program's memory, which each run may have of another length, in locals of one function.</summary>
internal sealed unsafe class DataBounds(MethodWriter w, HotRegion* hot)
{
    private static readonly Dictionary<MemorySize, FieldInfo> s_limits = new()
    {
        [MemorySize.Byte] = Field(nameof(HotRegion.ByteLimit)),
        [MemorySize.Half] = Field(nameof(HotRegion.HalfLimit)),
        [MemorySize.Word] = Field(nameof(HotRegion.WordLimit)),
        [MemorySize.Double] = Field(nameof(HotRegion.DoubleLimit)),
    };

    private readonly Dictionary<MemorySize, LocalBuilder> _limits = [];
    private LocalBuilder? _start;

    /// <summary>Fills the locals, for accesses of these sizes.</summary>
    public void Load(IEnumerable<MemorySize> sizes)
    {
        foreach (MemorySize size in sizes)
        {
            _start ??= Load(Field(nameof(HotRegion.Start)));
            _limits[size] = Load(s_limits[size]);
        }
    }

    /// <summary>Leaves where an access at the address on IL's stack is not in the program's memory.</summary>
    public void BranchUnlessIn(MemorySize size, Label elsewhere)
    {
        w.Il.Emit(OpCodes.Ldloc, _start!); // the size was among those of the function
        w.Il.Emit(OpCodes.Sub);
        w.Il.Emit(OpCodes.Ldloc, _limits[size]);
        w.Il.Emit(OpCodes.Bge_Un, elsewhere);
    }

    private LocalBuilder Load(FieldInfo field)
    {
        LocalBuilder local = w.Il.DeclareLocal(typeof(ulong));
        w.Push((long)hot);
        w.Il.Emit(OpCodes.Conv_U);
        w.Il.Emit(OpCodes.Ldfld, field);
        w.Il.Emit(OpCodes.Stloc, local);
        return local;
    }

    private static FieldInfo Field(string name) => typeof(HotRegion).GetField(name)!; // its name is a member's
}
