using System.Buffers.Binary;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// What is stored for programs at a control group (kernel/bpf/local_storage.c, 6.18): an element comes when the first program that names the map is attached
/// to its hook, and stays when that is detached. A program finds the one of where it is attached; where TEST_RUN runs it, one that is its own and nobody sees.
/// </summary>
/// <param name="definition">What was found right.</param>
internal abstract unsafe class CgroupStorageKind(MapDefinition definition) : Map(definition)
{
    private const int None = -1;

    /// <summary>The hooks of the programs that name the map, by element.</summary>
    private readonly List<AttachType> _hooks = [];

    /// <summary>The elements that there are, the last that came first.</summary>
    private readonly List<int> _elements = [];

    /// <summary>The element of each program.</summary>
    private int[] _ofPrograms = [];
    private int _current;

    /// <summary>How many there can be; the last is that of TEST_RUN.</summary>
    protected int Capacity => _hooks.Count + 1;

    /// <summary>bpf_get_local_storage: what there is for the program that runs.</summary>
    public long Local => AddressOf(_current);

    public override Errno Read(GuestBytes key, GuestBytes value)
    {
        int element = Find(key);
        if (element == None) return Errno.ENOENT;
        ValueOf(element).CopyTo(value, ValueBytes);
        return Errno.None;
    }

    public override Errno Write(GuestBytes key, GuestBytes value, ulong flags)
    {
        Errno error = CheckWrite(key, flags, out int element);
        if (error == Errno.None) Begin(element, value);
        return error;
    }

    public override Errno Remove(GuestBytes key) => Errno.EINVAL;

    public override Errno Next(GuestBytes key, GuestBytes next)
    {
        int position = key.IsNull ? 0 : _elements.IndexOf(Find(key)) + 1;
        bool isThere = position < _elements.Count && (position > 0 || key.IsNull);
        if (!isThere) return Errno.ENOENT;
        WriteKey(_elements[position], new Span<byte>(next.Data, KeyBytes));
        return Errno.None;
    }

    public override void Clear() => _elements.Clear();

    public override void Show(ref MapImageWriter image)
    {
        image.Begin(_elements.Count);
        byte[] key = new byte[KeyBytes];
        foreach (int element in _elements.OrderBy(element => _hooks[element])) // the order of keys: numbers of hooks are single bytes
        {
            WriteKey(element, key);
            image.Write(key);
            image.Write(ValueOf(element), ValueBytes);
        }
    }

    /// <summary>A program is attached.</summary>
    public void Attach(int program)
    {
        int element = _ofPrograms[program];
        if (element == None || _elements.Contains(element)) return;
        Zero(element);
        _elements.Insert(0, element);
    }

    /// <summary>A program is about to run.</summary>
    /// <param name="program">By its index.</param>
    /// <param name="isAttached">Or else by TEST_RUN.</param>
    public void BeginRun(int program, bool isAttached)
    {
        bool hasOwn = isAttached && _ofPrograms[program] != None;
        _current = hasOwn ? _ofPrograms[program] : _hooks.Count;
        if (hasOwn) Attach(program);
        else Zero(_current);
    }

    internal override void Join(int map, LoadedMaps siblings, BpfProgram program)
    {
        _ofPrograms = new int[program.Count];
        for (int index = 0; index < program.Count; index++)
        {
            bool isHere = ProgramTypes.Cgroup.Has(program[index].Type) && MapNames.IsIn(program, index, map);
            _ofPrograms[index] = isHere ? ElementFor(KeyBytes == GroupStorageKeys.GroupBytes ? default : program[index].Hook) : None;
        }
    }

    /// <summary>Whether an element can be written: there must be one already.</summary>
    protected Errno CheckWrite(GuestBytes key, ulong flags, out int element)
    {
        element = Find(key);
        return flags is not (UpdateFlags.Any or UpdateFlags.Exist) ? Errno.EINVAL : element == None ? Errno.ENOENT : Errno.None;
    }

    /// <summary>The element of a key, if it is there; the last bytes of a key mean nothing.</summary>
    protected int Find(GuestBytes key)
    {
        ReadOnlySpan<byte> bytes = key.AsSpan(KeyBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != GroupStorageKeys.CaseGroup) return None;
        AttachType hook = KeyBytes == GroupStorageKeys.GroupBytes ? default : (AttachType)BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(ulong)..]);
        int element = _hooks.IndexOf(hook);
        return _elements.Contains(element) ? element : None;
    }

    /// <summary>What user space has as the value.</summary>
    protected abstract GuestBytes ValueOf(int element);

    /// <summary>Where programs find it.</summary>
    protected abstract long AddressOf(int element);

    /// <summary>User space has written it.</summary>
    protected abstract void Begin(int element, GuestBytes value);

    /// <summary>Nobody has.</summary>
    protected abstract void Zero(int element);

    private int ElementFor(AttachType hook)
    {
        if (!_hooks.Contains(hook)) _hooks.Add(hook);
        return _hooks.IndexOf(hook);
    }

    private void WriteKey(int element, Span<byte> key)
    {
        key.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(key, GroupStorageKeys.CaseGroup);
        if (KeyBytes != GroupStorageKeys.GroupBytes) BinaryPrimitives.WriteUInt32LittleEndian(key[sizeof(ulong)..], (uint)_hooks[element]);
    }
}
