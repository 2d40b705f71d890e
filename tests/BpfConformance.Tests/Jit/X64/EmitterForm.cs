using BpfConformance.Jit.X64;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Emits one instruction and says what it should be.</summary>
internal delegate string EmitOne(ref Emitter code, in EmitterOperands operands);

/// <summary>Which operands change what a form emits.</summary>
[Flags]
internal enum EmitterUse
{
    None = 0,
    Wide = 1,
    A = 2,
    B = 4,

    /// <summary>B as a base, an index and a displacement.</summary>
    Memory = 8,
    Immediate = 16,

    /// <summary>An immediate that must take one byte where it can.</summary>
    ShortImmediate = 32,
}

/// <summary>One method of the emitter, with the operation it is asked for.</summary>
internal sealed record EmitterForm(string Name, EmitterUse Uses, EmitOne Emit)
{
    /// <summary>Every register and pair, width, and edge of what the form takes.</summary>
    public IEnumerable<EmitterOperands> Operands()
    {
        foreach (bool wide in Uses.HasFlag(EmitterUse.Wide) ? [false, true] : new[] { true })
        {
            foreach (int a in Registers(EmitterUse.A))
            {
                foreach (int immediate in Immediates())
                {
                    foreach ((int b, int index, int displacement) in Places())
                    {
                        yield return new(wide, (X64Register)a, (X64Register)b, (X64Register)index, displacement, immediate);
                    }
                }
            }
        }
    }

    public override string ToString() => Name;

    private IEnumerable<int> Registers(EmitterUse use) => Uses.HasFlag(use) ? Enumerable.Range(0, 16) : [0];

    private int[] Immediates() =>
        (Uses & (EmitterUse.Immediate | EmitterUse.ShortImmediate)) != EmitterUse.None ? EmitterOperands.Immediates : [0];

    /// <summary>Index registers with four displacements, each base alone with all.</summary>
    private IEnumerable<(int B, int Index, int Displacement)> Places()
    {
        const int NoIndex = (int)X64Register.Rsp;
        if (!Uses.HasFlag(EmitterUse.Memory)) return Registers(EmitterUse.B).Select(b => (b, NoIndex, 0));
        IEnumerable<(int, int, int)> alone =
            from b in Enumerable.Range(0, 16) from displacement in EmitterOperands.Displacements select (b, NoIndex, displacement);
        bool isCostly = (Uses & (EmitterUse.Immediate | EmitterUse.ShortImmediate)) != EmitterUse.None;
        return isCostly ? alone : alone.Concat(
            from b in Enumerable.Range(0, 16)
            from index in Enumerable.Range(0, 16)
            from displacement in new[] { 0, -128, 128 }
            select (b, index, displacement));
    }
}
