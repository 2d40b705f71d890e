using System.Collections.Immutable;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Contexts;
using BpfConformance.Runtime.Hooks;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;
using BpfConformance.Runtime.Pinning;

namespace BpfConformance.Runtime.Execution;

/// <summary>Owns a machine and the memory of its regions; one run at a time.</summary>
public sealed unsafe class MachineMemory : IDisposable
{
    /// <summary>The largest memory a program may be given.</summary>
    public const int MaxDataBytes = 16 << 20;

    /// <summary>How often may_goto goes on in each frame: kernel include/linux/bpf.h, BPF_MAX_LOOPS (6.18).</summary>
    public const long MayGotoLimit = 8 * 1024 * 1024;

    /// <summary>Room before a packet for what the program does not see of it, so much that the rest is as aligned as memory is.</summary>
    private const int HiddenRoom = 64;

    private readonly RegionMemory _regions;
    private readonly PassingRegions _passing;
    private readonly bool _hasTailCalls;
    private readonly int _frames;
    private BpfProgram _program;
    private HookContexts _hooks;
    private int _committedRoom = -1;
    private int _committedContextBytes = -1;

    /// <summary>The first byte of the room for data, and its shadow.</summary>
    private GuestBytes _dataRoom;

    /// <summary>Stacks that may have been written to since they were cleared; most are seldom touched, and so cost no memory.</summary>
    private int _usedFrames;
    private bool _sharesMaps;
    private bool _disposed;

    /// <param name="dataBytes">The most bytes of memory or packet that a run is given.</param>
    /// <param name="maps">Its maps, which <see cref="MapSet.Check"/> has found right.</param>
    /// <param name="program">What will run: the types of its programs decide what r1 is.</param>
    /// <param name="addressing">What addresses are. Only machines with <see cref="Addressing.RegionAndOffset"/> have a shadow.</param>
    public MachineMemory(
        int dataBytes, ImmutableArray<MapDefinition> maps, BpfProgram program, Addressing addressing = Addressing.RegionAndOffset)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataBytes, MaxDataBytes);
        (_program, _hooks, DataCapacity) = (program, new HookContexts(program), dataBytes);
        (Maps, Pins) = (maps.IsEmpty ? null : new MapSet(maps, program, Sockets), new BpfFileSystem(maps));
        _hasTailCalls = maps.Any(map => map.Type == MapType.ProgArray);
        _frames = _hasTailCalls && JumpTargets.HaveFunctions(program.Instructions.AsSpan()) ? MachineLimits.FramesWithTailCalls : MachineLimits.CallFrames;
        _passing = new PassingRegions(maps, program);
        _regions = new RegionMemory(Regions.MapValues + maps.Length + _passing.Count + _frames, addressing);
        Machine = (Machine*)NativeMemory.AllocZeroed((nuint)sizeof(Machine));
        (Machine->RegionCount, Machine->LastStack) = ((uint)_regions.Count, (uint)_regions.Count - 1);
        (Machine->Origin, Machine->RegionShift) = (_regions.Origin, _regions.Shift);
        Machine->Regions = _regions.All;
        Sockets.Machine = Machine;
        _passing.Attach(Machine, first: Regions.MapValues + maps.Length);
        Machine->Frames = (Frame*)NativeMemory.AllocZeroed((nuint)(_frames * sizeof(Frame)));
        Machine->Walks = (CallbackWalk*)NativeMemory.AllocZeroed((nuint)(MachineLimits.CallFrames * sizeof(CallbackWalk)));
        Machine->Tunnel = (TunnelInfo*)NativeMemory.AllocZeroed((nuint)sizeof(TunnelInfo));
        Machine->TailCallsLeft = MachineLimits.TailCalls;
        try
        {
            AllocateAll();
        }
        catch
        {
            Dispose();
            throw;
        }

        SetHost(SocketLookups.None);
        SetFunctions();
    }

    public Machine* Machine { get; }

    public int DataCapacity { get; private set; }

    /// <summary>The same of a run on what is on its way: a program before may have made it longer.</summary>
    public int MostLiveBytes => PacketGrowth.LongestAfter(_program, DataCapacity);

    /// <summary>Whether the packet may be another one after a call.</summary>
    public bool CanChangePacket { get; private set; }

    /// <summary>The maps; <c>null</c>: there are none.</summary>
    public MapSet? Maps { get; }

    /// <summary>The sockets of the host, which maps can have.</summary>
    public HostSockets Sockets { get; } = new();

    /// <summary>The index of the program that lets timers call back; negative: there is none.</summary>
    public int TimerProgram => Execution.TimerProgram.IndexIn(_program);

    /// <summary>Where its maps and programs have names.</summary>
    public BpfFileSystem Pins { get; }

    /// <summary>The memory, or the whole packet, as the program left it.</summary>
    public ReadOnlySpan<byte> Data => WholeData;

    /// <summary>One <see cref="ByteShadow"/> per byte of <see cref="Data"/>.</summary>
    public ReadOnlySpan<byte> DataShadow => new(Machine->Regions[Regions.Data].Shadow - Machine->HiddenBytes, DataLength);

    /// <summary>Whether it is known of each byte what it is.</summary>
    public bool IsTracked => !_regions.IsNative;

    /// <summary>Of the context what its caller is shown (<see cref="ProgramHook.Given"/>), as the program left it; empty: it has none.</summary>
    public ReadOnlySpan<byte> Context => new(HookContexts.Shown(Machine)->Base, HookContexts.Shown(Machine)->OpenBytes);

    /// <summary>One <see cref="ByteShadow"/> per byte of <see cref="Context"/>.</summary>
    public ReadOnlySpan<byte> ContextShadow => new(HookContexts.Shown(Machine)->Shadow, Context.Length);

    /// <summary>The value of a map that has only one, as programs left it.</summary>
    public ReadOnlySpan<byte> MapValue(int map)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(map);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(map, (int)Machine->FirstKey - Regions.MapValues);
        Region* region = &Machine->Regions[Regions.MapValues + map];
        return new(region->Base, (int)region->Length);
    }

    /// <summary>
    /// From now on this machine's maps, which are arrays, have their values in the memory of another, which must live as long, and only that
    /// one's <see cref="Reset"/> clears them. Addresses stay each machine's own. Machines that share may run at the same time: an
    /// access is bounded by its region whatever the shadow says, and programs that keep numbers there write one and the same word
    /// to the shadow.
    /// </summary>
    public void ShareMapValues(MachineMemory owner)
    {
        if (owner._regions.Count != _regions.Count) throw new ArgumentException("has other maps", nameof(owner));
        for (int map = Regions.MapValues; map < Machine->FirstKey; map++)
        {
            if (!Maps!.IsCreated(map - Regions.MapValues)) continue; // there are as many
            _regions.Share(map, owner._regions);
            Maps[map - Regions.MapValues].Attach(new MapValues(Machine->Regions + map));
        }

        _sharesMaps = true;
    }

    /// <summary>
    /// Whether <see cref="Reset"/> leaves stacks, maps and data as the last run left them: for timing what runs take, when it is
    /// known that they do not mind. The run before must have returned.
    /// </summary>
    public bool KeepsContents { get; set; }

    /// <summary>Whether <see cref="Reset"/> leaves maps as the last run and user space left them: for runs that follow on each other.</summary>
    public bool KeepsMaps { get; set; }

    /// <summary>Whether runs keep a <see cref="HelperTrace"/>.</summary>
    public bool KeepsHelperTrace
    {
        get => Machine->HelperTrace.IsKept;
        set => Machine->HelperTrace.IsKept = value;
    }

    /// <summary>What the next runs are given, at the place of its way where it is; <c>null</c>: it is as TEST_RUN makes it.</summary>
    public ILiveData? Live { get; set; }

    /// <summary>Puts everything as a run finds it: registers by the calling convention, stacks and maps of zeros.</summary>
    /// <param name="data">The memory or packet.</param>
    /// <param name="budget">Instructions after which the run is ended.</param>
    /// <param name="program">Which of the programs is run, by its index.</param>
    /// <param name="context">What is given of the context its hook makes, in the kernel's layout; what is not given is zero.</param>
    public void Reset(ReadOnlySpan<byte> data, long budget, int program = 0, ReadOnlySpan<byte> context = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int most = Live is null ? DataCapacity : MostLiveBytes;
        if (data.Length > most) throw new ArgumentException($"more than {most} bytes", nameof(data));
        Machine* m = Machine;
        _usedFrames = Math.Min(_frames, Math.Max(_usedFrames, MachineLimits.FramesAfter(MachineLimits.TailCalls - m->TailCallsLeft)));
        RunState.Begin(m, budget, _program[program].Type, AreTimersKnown);
        if (!KeepsContents) ResetContents(m, data, program, context);
        StackFrames.Enter(m, 0);
        RunState.SetArguments(m, data.Length);
    }

    /// <summary>Puts maps and pins as they are at first, unless they are to be kept.</summary>
    public void BeginMaps()
    {
        if (KeepsMaps) return;
        if (!_sharesMaps) Maps?.Reset();
        Pins.Reset();
    }

    /// <summary>Puts new bytes into the data that the last <see cref="Reset"/> made, as many as there are.</summary>
    public void Restore(ReadOnlySpan<byte> data) => data[..Math.Min(data.Length, DataLength)].CopyTo(WholeData);

    /// <summary>The address of an offset in a region, as the program sees it.</summary>
    public ulong Address(int region, uint offset) => Machine->Regions[region].Start + offset;

    /// <summary>r10 of the last frame that the program which begins in the first may have.</summary>
    public ulong LastFrame => Address((int)Machine->FirstStack + MachineLimits.CallFrames - 1, MachineLimits.StackBytes);

    /// <summary>The host has sockets, or had; where maps can hold them it always has.</summary>
    /// <param name="lookups">Which of them are found.</param>
    /// <param name="hasNetwork">Whether it is in a network in which programs may be attached.</param>
    /// <param name="hasRoutePrograms">Whether it has routes with programs.</param>
    public void SetHost(SocketLookups lookups, bool hasNetwork = false, bool hasRoutePrograms = false) => (Machine->Lookups, Machine->HasNetwork, Machine->HasRoutePrograms) =
        (lookups == SocketLookups.None && Maps is { HoldSockets: true } ? SocketLookups.ByPort : lookups, hasNetwork, hasRoutePrograms);

    /// <summary>For another program.</summary>
    internal void Refit(int dataBytes, BpfProgram program)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dataBytes, MaxDataBytes);
        (_program, _hooks, DataCapacity) = (program, new HookContexts(program), dataBytes);
        KeepsContents = KeepsMaps = KeepsHelperTrace = false;
        BeginMaps();
        Sockets.Begin(isConnected: true);
        SetHost(SocketLookups.None);
        SetFunctions();
        Commit();
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Maps?.Dispose();
        _regions.Dispose();
        NativeMemory.Free(Machine->Frames);
        NativeMemory.Free(Machine->Tunnel);
        NativeMemory.Free(Machine->Walks);
        _passing.Dispose();
        NativeMemory.Free(Machine->Functions);
        NativeMemory.Free(Machine->Setting.Room);
        NativeMemory.Free(Machine);
    }

    /// <summary>Timers of programs on their way through a network call back whenever they do, and so do those of programs with tail calls.</summary>
    private bool AreTimersKnown => Live is null && !_hasTailCalls;

    private int DataLength => (int)(Machine->HiddenBytes + Machine->Regions[Regions.Data].Length);

    private Span<byte> WholeData => new(Machine->Regions[Regions.Data].Base - Machine->HiddenBytes, DataLength);

    private void ResetContents(Machine* m, ReadOnlySpan<byte> data, int program, ReadOnlySpan<byte> context)
    {
        for (int frame = 0; frame < _frames; frame++) StackFrames.Of(m, frame)->Length = 0;
        for (int frame = 0; frame < _usedFrames; frame++) new Span<byte>(StackFrames.Of(m, frame)->Base, MachineLimits.StackBytes).Clear();
        _usedFrames = 0;

        _passing.CloseAll();
        RunState.Forget(m);
        if (!_regions.IsNative) StackFrames.Forget(m, 0);
        BeginMaps();
        Maps?.BeginRun(program, isAttached: Live is not null || m->Type != ProgramType.CgroupSkb);
        PutData(m, data, hidden: Live?.HiddenBytes ?? _hooks.HiddenBytesOf(program, data.Length));
        _hooks.Begin(m, program, data, context);
        Live?.Show(m, isSkBuff: _program[program].Type != ProgramType.Xdp);
    }

    /// <summary>What is hidden of a packet lies before its region.</summary>
    private void PutData(Machine* m, ReadOnlySpan<byte> data, int hidden)
    {
        Region* region = m->Regions + Regions.Data;
        int room = CanChangePacket ? PacketGrowth.MostHeadRoom : hidden == 0 ? 0 : HiddenRoom;
        region->Base = _dataRoom.Data + room;
        if (_dataRoom.Shadow != null) region->Shadow = _dataRoom.Shadow + room;
        if (_regions.IsNative) region->Start = (ulong)region->Base;
        region->Length = (uint)(data.Length - hidden);
        (m->HiddenBytes, m->PacketMetaBytes, m->OpenDataBytes) = ((uint)hidden, 0, region->Length);
        m->Packet = new PacketState { NetworkHeader = PacketRules.LinkHeaderBytes - hidden, LinkHeader = -hidden, ChecksumLevel = -1 };
        if (CanChangePacket) m->Packet.TailRoom = (uint)(MostLiveBytes - data.Length);
        data.CopyTo(WholeData);
        if (region->Shadow != null) new Span<byte>(region->Shadow - hidden, data.Length).Fill(ByteShadow.Scalar);
    }

    private void AllocateAll()
    {
        for (int frame = 0; frame < _frames; frame++) _regions.Allocate((int)Machine->FirstStack + frame, MachineLimits.StackBytes);
        Commit();
        if (Maps is not null) AttachMaps(Maps);
        _passing.Allocate(_regions);
        _regions.Settle();
    }

    private void AttachMaps(MapSet maps)
    {
        Machine->Maps = maps.Handle;
        for (int map = 0; map < maps.Count; map++)
        {
            if (!maps.IsCreated(map)) continue;
            Region* region = Machine->Regions + Regions.MapValues + map;
            int bytes = MapValues.LayOut(region, maps[map].Elements, maps[map].ValueBytes);
            _regions.Allocate(Regions.MapValues + map, bytes);
            region->Length = region->ElementsEnd > 0 ? 0 : (uint)bytes;
            region->IsWritable = maps[map].Definition.Flags.HasFlag(MapFlags.ReadOnlyForPrograms) ? 0u : 1u;
            maps[map].Attach(new MapValues(region));
            Machine->HasValueFields |= !maps[map].Fields.All.IsEmpty;
        }

        maps.Reset();
    }

    private void SetFunctions()
    {
        NativeMemory.Free(Machine->Functions);
        Machine->SlotCount = 0;
        Machine->Functions = null;
        ReadOnlySpan<Instruction> slots = _program.Instructions.AsSpan();
        for (int pc = 0; pc < slots.Length; pc++)
        {
            if (!JumpTargets.IsCodeAddress(slots[pc])) continue;
            if (Machine->Functions == null) Machine->Functions = (byte*)NativeMemory.AllocZeroed((nuint)slots.Length);
            Machine->SlotCount = (uint)slots.Length;
            Machine->Functions[JumpTargets.Of(slots[pc], pc)] = 1;
        }
    }

    /// <summary>Room for data and contexts, unless there is enough.</summary>
    private void Commit()
    {
        CanChangePacket = PacketGrowth.IsPossibleIn(_program);
        int room = CanChangePacket ? MostLiveBytes + PacketGrowth.MostHeadRoom : DataCapacity + HiddenRoom;
        if (room > _committedRoom)
        {
            _committedRoom = room;
            _regions.Allocate(Regions.Data, room);
            _dataRoom = new GuestBytes(Machine->Regions[Regions.Data].Base, Machine->Regions[Regions.Data].Shadow);
        }

        if (_hooks.MaxContextBytes <= _committedContextBytes) return;
        _committedContextBytes = _hooks.MaxContextBytes;
        _regions.AllocateFields(Regions.Context, _committedContextBytes);
        _regions.AllocateMemoryOrFields(Regions.Socket, HookContexts.SocketBytes);
    }
}
