using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Maps;
using BpfConformance.Runtime.Memory;

namespace BpfConformance.Runtime.Helpers;

/// <summary>What bpf_user_ringbuf_drain does between its calls (kernel/bpf/ringbuf.c, 6.18): a sample is a region of its own while the function has it.</summary>
internal static unsafe class UserRingBufferDrains
{
    /// <summary>BPF_MAX_USER_RINGBUF_SAMPLES (include/linux/bpf.h).</summary>
    private const uint MaxSamples = 128 * 1024;

    /// <summary>Takes the ring, which one alone drains at a time, or says why not.</summary>
    public static Errno Begin(UserRingBufferMap ring, ulong flags)
    {
        if ((flags & ~(RingBuffers.NoWakeup | RingBuffers.ForceWakeup)) != 0) return Errno.EINVAL;
        if (ring.IsBusy) return Errno.EBUSY;
        ring.IsBusy = true;
        return Errno.None;
    }

    /// <summary>The next sample, if there is one: r1 is a dynamic pointer to it, which lives for the call.</summary>
    public static bool Step(Machine* m, CallbackWalk* walk)
    {
        Ring ring = RingOf(m, walk).Ring;
        int record = walk->Calls < MaxSamples ? ring.Next() : 0;
        if (record == 0) return false;
        int bytes = ring.LengthOf(record);
        Region* sample = Reservations.TryOpen(m, walk->Map, record, bytes);
        if (sample == null) return false;
        walk->Sample = Reservations.At(m, sample->Start);
        ring[record].CopyTo(new GuestBytes(sample->Base, sample->Shadow), bytes);

        int keyRegion = (int)(m->FirstKey + m->OpenWalks - 1);
        Region* key = m->Regions + keyRegion;
        key->Length = Dynptr.SizeBytes;
        new Dynptr { Address = sample->Start, Bytes = (uint)bytes, Kind = DynptrKind.Local }.Write(key->Base);
        if (key->Shadow != null) new Span<byte>(key->Shadow, Dynptr.SizeBytes).Fill(ByteShadow.Dynptr);
        Callbacks.SetArgument(m, Register.R1, key->Start, Provenance.PointerTo(keyRegion));
        return true;
    }

    /// <summary>The function has returned: its sample is gone.</summary>
    public static void Release(Machine* m, CallbackWalk* walk)
    {
        Reservations.Close(m, walk->Sample);
        walk->Sample = null;
        RingOf(m, walk).Ring.Release();
    }

    /// <summary>Gives the ring back, unless it was never taken.</summary>
    public static void End(Machine* m, CallbackWalk* walk)
    {
        if (walk->Failure == Errno.None) RingOf(m, walk).IsBusy = false;
    }

    private static UserRingBufferMap RingOf(Machine* m, CallbackWalk* walk) => (UserRingBufferMap)MapSet.At(m, walk->Map); // Callbacks.Begin has found it
}
