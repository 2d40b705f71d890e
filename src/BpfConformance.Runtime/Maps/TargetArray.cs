using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// An array of what packets are redirected to (kernel/bpf/devmap.c and cpumap.c, 6.18): only user space writes, and an entry whose number is
/// 0 is none.
/// </summary>
/// <param name="definition">What was found right.</param>
/// <param name="attachType">What programs in it are loaded for.</param>
internal abstract unsafe class TargetArray(MapDefinition definition, AttachType attachType) : Map(definition)
{
    public override int Elements => MaxEntries;

    protected ProgramTargets Targets { get; } = new(definition.ValueBytes, attachType);

    public override bool LeadsFrom(uint key) => key < (uint)MaxEntries && ProgramTargets.NumberIn(Values[(int)key]) != 0;

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        uint index = ArrayRules.IndexOf(key);
        if (!LeadsFrom(index)) return Errno.ENOENT;
        ProgramTargets.Seen(Values[(int)index]).CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        uint index = ArrayRules.IndexOf(key);
        if (flags > UpdateFlags.Exist) return Errno.EINVAL;
        if (index >= (uint)MaxEntries) return Errno.E2BIG;
        if (flags == UpdateFlags.NoExist) return Errno.EEXIST; // every index is there
        Errno error = Check(index, value);
        if (error != Errno.None) return error;
        if (ProgramTargets.NumberIn(value) == 0) Values[(int)index].Clear(ValueBytes);
        else Targets.Put(value, Values[(int)index]);
        return Errno.None;
    }

    public override Errno Remove(GuestBytes key)
    {
        uint index = ArrayRules.IndexOf(key);
        if (index >= (uint)MaxEntries) return Errno.EINVAL;
        Values[(int)index].Clear(ValueBytes);
        return Errno.None;
    }

    public override Errno Next(GuestBytes key, GuestBytes next) => ArrayRules.Next(key, next, MaxEntries);

    public override void Clear() => Values.Clear();

    public override void Show(ref MapImageWriter image)
    {
        int count = 0;
        for (uint index = 0; index < (uint)MaxEntries; index++) count += LeadsFrom(index) ? 1 : 0;
        image.Begin(count);
        for (uint index = 0; index < (uint)MaxEntries; index++)
        {
            if (!LeadsFrom(index)) continue;
            image.Write(new ReadOnlySpan<byte>(&index, sizeof(uint)));
            image.Write(ProgramTargets.Seen(Values[(int)index]), ValueBytes);
        }
    }

    internal override void Join(int map, LoadedMaps siblings, BpfProgram program) => Targets.Join(map, program);

    /// <summary>What is said to a value that is to be put in.</summary>
    protected abstract Errno Check(uint index, GuestBytes value);
}
