using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>
/// bpf_loop, bpf_for_each_map_elem (kernel/bpf/bpf_iter.c, 6.18, bpf_loop, bpf_for_each_map_elem) and bpf_user_ringbuf_drain (kernel/bpf/ringbuf.c):
/// helpers that call a function of the program, once for each number, element or sample. The calls are for the engines, each of which makes them in its own way.
/// </summary>
public static unsafe class Callbacks
{
    /// <summary>The helper's number: r1 is a map, r2 the function, r3 what it is given, r4 flags.</summary>
    public const int ForEachMapElem = 164;

    /// <summary>The helper's number: r1 is how often, r2 the function, r3 what it is given, r4 flags.</summary>
    public const int Loop = 181;

    /// <summary>The helper's number: r1 is a ring that user space fills, r2 the function, r3 what it is given, r4 flags.</summary>
    public const int UserRingBufferDrain = 209;

    /// <summary>
    /// The number of what is no helper of the kernel's, and so of no program: calls back the timers whose time has come. See <see cref="TimerProgram"/>.
    /// </summary>
    public const int RunTimers = int.MaxValue;

    /// <summary>No function: what was to be called was called.</summary>
    public const int None = -1;

    /// <summary>BPF_MAX_LOOPS (include/linux/bpf.h).</summary>
    private const uint MaxLoops = 8 * 1024 * 1024;

    /// <summary>Whether a helper calls back.</summary>
    public static bool Has(ulong helper) => helper is ForEachMapElem or Loop or UserRingBufferDrain or RunTimers;

    /// <summary>In which register the function has what it is given.</summary>
    public static Register ContextOf(int helper) => helper is ForEachMapElem or RunTimers ? Register.R4 : Register.R2;

    /// <summary>Whether an instruction calls one that does.</summary>
    public static bool Is(in Instruction instruction) => instruction is { Opcode: Opcodes.Call, Src: 0 } && Has((uint)instruction.Immediate);

    /// <summary>How many instructions call one.</summary>
    public static int CountIn(ReadOnlySpan<Instruction> program)
    {
        int count = 0;
        foreach (ref readonly Instruction slot in program) count += Is(slot) ? 1 : 0;
        return count;
    }

    /// <summary>Begins the calls that a helper makes, unless its arguments are wrong: then there are none. A fault begins nothing.</summary>
    /// <param name="m">The machine before the call.</param>
    /// <param name="helper">Its number.</param>
    public static FaultKind Begin(Machine* m, int helper)
    {
        int function = helper == RunTimers ? None : FunctionAt(m, m->Registers[(int)Register.R2]);
        if (function == None && helper != RunTimers) return FaultKind.InvalidPointer;
        if (m->OpenWalks == MachineLimits.CallFrames - 1) return FaultKind.TooManyFrames;

        CallbackWalk walk = new() { Helper = helper, Function = function, Map = None, Context = m->Registers[(int)Register.R3] };
        bool isRight = m->Registers[(int)Register.R4] == 0;
        if (!isRight) walk.Failure = Errno.EINVAL;
        if (helper == Loop)
        {
            walk.Count = (uint)m->Registers[(int)Register.R1];
            if (isRight && walk.Count > MaxLoops) walk.Failure = Errno.E2BIG;
        }
        else if (helper != RunTimers)
        {
            ulong map = m->Registers[(int)Register.R1];
            walk.Map = (int)(map >> 32) - Regions.Maps;
            if (helper == UserRingBufferDrain)
            {
                if (MapSet.Of(m, map) is not UserRingBufferMap ring) return FaultKind.InvalidPointer;
                walk.Failure = UserRingBufferDrains.Begin(ring, m->Registers[(int)Register.R4]);
            }
            else if (MapSet.Of(m, map) is not { CanBeWalked: true })
            {
                return FaultKind.InvalidPointer;
            }
        }

        HelperCall.Begin(m, (ulong)helper);
        m->Walks[m->OpenWalks++] = walk;
        return FaultKind.None;
    }

    /// <summary>The pc of the function of the program that an address stands for; <see cref="None"/>: of none.</summary>
    internal static int FunctionAt(Machine* m, ulong address)
    {
        ulong pc = (address >> 32) - Regions.Functions;
        return (uint)address == 0 && pc < m->SlotCount && m->Functions[pc] != 0 ? (int)pc : None;
    }

    /// <summary>
    /// What is to be called next, by its pc, with r1 to r5 for it; or <see cref="None"/> when the helper has done its work: then its result is
    /// in r0.
    /// </summary>
    /// <param name="m">The machine.</param>
    /// <param name="result">What the last call returned; 0 before the first.</param>
    public static int Next(Machine* m, ulong result)
    {
        CallbackWalk* walk = m->Walks + (m->OpenWalks - 1);
        if (walk->Sample != null) UserRingBufferDrains.Release(m, walk);
        bool goesOn = (result == 0 || walk->Helper == RunTimers) && walk->Failure == Errno.None
            && (walk->Helper == Loop ? walk->Calls < walk->Count
                : walk->Helper == UserRingBufferDrain ? UserRingBufferDrains.Step(m, walk)
                : walk->Helper == RunTimers ? TimerHelpers.Step(m, walk)
                : Step(m, walk));
        if (goesOn)
        {
            if (walk->Helper == Loop) SetArgument(m, Register.R1, walk->Calls, Provenance.Scalar);
            SetArgument(m, ContextOf(walk->Helper), walk->Context, walk->ContextProvenance);
            walk->Calls++;
            return walk->Function;
        }

        m->Registers[(int)Register.R0] = walk->Failure == Errno.None ? walk->Calls : unchecked((ulong)-(long)walk->Failure);
        HelperCall.End(m, (ulong)walk->Helper);
        if (walk->Helper == UserRingBufferDrain) UserRingBufferDrains.End(m, walk);
        m->OpenWalks--;
        if (walk->Map != None) m->Regions[m->FirstKey + m->OpenWalks].Length = 0;
        return None;
    }

    /// <summary>The next element of a map, if there is one: the map, the key and the value. The key is read only, and lives for the call.</summary>
    private static bool Step(Machine* m, CallbackWalk* walk)
    {
        int element = MapSet.At(m, walk->Map).Walk(ref walk->Cursor);
        if (element < 0) return false;
        SetElement(m, walk, element);
        return true;
    }

    /// <summary>Gives the function the map, and the key and value of an element.</summary>
    internal static void SetElement(Machine* m, CallbackWalk* walk, int element)
    {
        Map map = MapSet.At(m, walk->Map);
        int keyRegion = (int)(m->FirstKey + m->OpenWalks - 1);
        Region* key = m->Regions + keyRegion;
        key->Length = (uint)map.KeyBytes;
        map.KeyAt(element, new GuestBytes(key->Base, key->Shadow));
        ulong value = (ulong)map.ValueAt(element);
        SetArgument(m, Register.R1, Regions.Address(Regions.Maps + walk->Map, 0), Provenance.PointerTo(Regions.Maps + walk->Map));
        SetArgument(m, Register.R2, key->Start, Provenance.PointerTo(keyRegion));
        SetArgument(m, Register.R3, value, GuestMemory.PointerToValue(m, value));
    }

    internal static void SetArgument(Machine* m, Register register, ulong value, uint provenance)
    {
        m->Registers[(int)register] = value;
        m->Provenance[(int)register] = provenance;
    }
}
