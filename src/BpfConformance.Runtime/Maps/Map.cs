using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Maps;

/// <summary>
/// A map of a machine: what each kind does differently. Results are what the kernel's functions give: a negated
/// <see cref="Errno"/>, or zero, or what is said. Sizes were checked before: a key has as many bytes as the map says, a value, too.
/// One thread at a time.
/// </summary>
/// <param name="definition">What was found right for the kind.</param>
public abstract unsafe class Map(MapDefinition definition) : IDisposable
{
    /// <summary>The result of what no verifier lets a program do with this kind of map.</summary>
    public const long NotAllowed = long.MinValue;

    /// <summary>How many processors a machine has. Programs run on the first.</summary>
    public const int Processors = 2;

    private byte[]? _batchEnd;

    public MapDefinition Definition { get; } = definition;

    public int KeyBytes { get; } = definition.KeyBytes;

    public int ValueBytes { get; } = definition.ValueBytes;

    public int MaxEntries { get; } = definition.MaxEntries;

    /// <summary>The kernel's own in its values.</summary>
    public ValueFields Fields { get; } = ValueFields.Of(definition);

    /// <summary>The timers in its values; <c>null</c>: there are none.</summary>
    internal ValueTimers? Timers { get; private set; }

    /// <summary>Whether user space may no longer write (BPF_MAP_FREEZE).</summary>
    public bool IsFrozen { get; set; }

    /// <summary>How many values the map needs memory for, in which programs may touch them.</summary>
    public abstract int Elements { get; }

    /// <summary>Where they are; set before the map is used.</summary>
    protected internal MapValues Values { get; private set; }

    /// <summary>What code can find values by without asking the map; <c>null</c>: only <see cref="Lookup"/> finds them.</summary>
    public virtual DirectLookup? Direct => null;

    internal void Attach(MapValues values)
    {
        Values = values;
        Timers ??= Fields.HasTimer ? new ValueTimers(Elements) : null;
    }

    /// <summary>What the case has, for a map that refers to it.</summary>
    /// <param name="map">The index of this one.</param>
    /// <param name="siblings">The maps.</param>
    /// <param name="program">The programs.</param>
    internal virtual void Join(int map, LoadedMaps siblings, BpfProgram program)
    {
    }

    /// <summary>The sockets that there are, for a map that can have some.</summary>
    internal virtual void Join(HostSockets sockets)
    {
    }

    /// <summary>bpf_map_lookup_elem: the address of the value, as the program sees it, or 0.</summary>
    public virtual long Lookup(GuestBytes key) => NotAllowed;

    /// <summary>bpf_map_lookup_percpu_elem: the same of any processor.</summary>
    public virtual long LookupOn(GuestBytes key, uint processor) => NotAllowed;

    /// <summary>bpf_map_update_elem.</summary>
    public virtual long Update(GuestBytes key, GuestBytes value, ulong flags) => NotAllowed;

    /// <summary>bpf_map_delete_elem.</summary>
    public virtual long Delete(GuestBytes key) => NotAllowed;

    /// <summary>bpf_map_push_elem.</summary>
    public virtual long Push(GuestBytes value, ulong flags) => NotAllowed;

    /// <summary>bpf_map_pop_elem. When there is none, the value becomes zero.</summary>
    public virtual long Pop(GuestBytes value) => NotAllowed;

    /// <summary>bpf_map_peek_elem. When there is none, the value becomes zero; a bloom filter only says whether it has the value.</summary>
    public virtual long Peek(GuestBytes value) => NotAllowed;

    /// <summary>The flags that bpf_redirect_map takes of this kind, besides an action; <c>null</c>: packets do not go to it.</summary>
    public virtual ulong? RedirectFlags => null;

    /// <summary>Whether a packet can go to what a key leads to.</summary>
    public virtual bool LeadsFrom(uint key) => false;

    /// <summary>The socket that a key leads to; <c>null</c>: there is none.</summary>
    internal virtual HostSocket? SocketAt(GuestBytes key) => null;

    /// <summary>Whether bpf_for_each_map_elem goes through this kind.</summary>
    public virtual bool CanBeWalked => false;

    /// <summary>The next element of a walk, as a number; −1: there is none.</summary>
    public virtual int Walk(ref MapCursor cursor) => -1;

    /// <summary>Copies the key of an element.</summary>
    public virtual void KeyAt(int element, GuestBytes key) => throw new NotSupportedException();

    /// <summary>The address of its value, as the program sees it.</summary>
    public virtual long ValueAt(int element) => throw new NotSupportedException();

    /// <summary>BPF_MAP_LOOKUP_ELEM: copies the value.</summary>
    public abstract Errno Read(GuestBytes key, GuestBytes value);

    /// <summary>BPF_MAP_UPDATE_ELEM.</summary>
    public virtual Errno Write(GuestBytes key, GuestBytes value, ulong flags) => ErrnoOf(Update(key, value, flags));

    /// <summary>BPF_MAP_DELETE_ELEM.</summary>
    public virtual Errno Remove(GuestBytes key) => ErrnoOf(Delete(key));

    /// <summary>BPF_MAP_LOOKUP_AND_DELETE_ELEM.</summary>
    public virtual Errno Take(GuestBytes key, GuestBytes value, ulong flags) => Errno.ENOTSUPP;

    /// <summary>BPF_MAP_GET_NEXT_KEY: the key after one, or the first after null.</summary>
    public virtual Errno Next(GuestBytes key, GuestBytes next) => Errno.EOPNOTSUPP;

    /// <summary>The batches of user space that this kind has.</summary>
    public virtual BatchKinds Batches => BatchKinds.None;

    /// <summary>Whether each machine has the elements in an order of its own, and so any part of them.</summary>
    public virtual bool HasOwnOrder => false;

    /// <summary>Whether what is in it is each machine's own.</summary>
    public virtual bool HasOwnContents => false;

    /// <summary>Where user space keeps what its last batch of a sequence of steps has left to go on from; zeros at first.</summary>
    public byte[] BatchEnd => _batchEnd ??= new byte[MapAccess.BatchEndBytes(KeyBytes)];

    /// <summary>There was no batch yet.</summary>
    internal void ForgetBatch() => _batchEnd = null;

    /// <summary>BPF_MAP_LOOKUP_BATCH, and BPF_MAP_LOOKUP_AND_DELETE_BATCH; of a kind that has it, and not of nothing.</summary>
    internal virtual Errno ReadBatch(ref MapBatch batch, bool removes) => GenericBatches.Read(this, ref batch);

    /// <summary>User space puts in what is to be there at first.</summary>
    internal virtual Errno Put(MapEntry entry)
    {
        fixed (byte* key = entry.Key.Span)
        fixed (byte* value = entry.Value.Span)
        {
            return Write(new GuestBytes(key, null), new GuestBytes(value, null), UpdateFlags.Any);
        }
    }

    /// <summary>Removes everything that may be removed, and zeroes the rest: as when the map was created.</summary>
    public abstract void Clear();

    /// <summary>Says what is in the map, in an order that only its contents decide.</summary>
    public abstract void Show(ref MapImageWriter image);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Puts a value into an element.</summary>
    protected void Store(GuestBytes value, int element) => FieldCopies.Put(Fields, value, Values[element], ValueBytes);

    protected static long Error(Errno error) => -(long)error;

    private static Errno ErrnoOf(long result) => result == NotAllowed ? Errno.ENOTSUPP : (Errno)(-result);
}
