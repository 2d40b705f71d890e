using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What runs showed, as a part of a frame's body: for each how it ended, then only what was seen.</summary>
public static class OutcomesBody
{
    [Flags]
    private enum Shown : byte
    {
        None = 0,
        R0 = 1,
        Registers = 2,
        Data = 4,
        DataMask = 8,
        FaultKind = 16,
        FaultPc = 32,
        Instructions = 64,
        Reason = 128,
    }

    public static void Write(FrameWriter writer, ObservationBatch batch)
    {
        writer.Text(batch.Remark);
        writer.U32((uint)batch.Count);
        for (int i = 0; i < batch.Count; i++)
        {
            int start = writer.BeginCounted();
            WriteOne(writer, batch, i);
            if (!batch.Maps(i).IsEmpty) WriteMaps(writer, batch, i);
            if (!batch.Context(i).IsEmpty) WriteContext(writer, batch, i);
            writer.EndCounted(start);
        }
    }

    /// <summary>Reads as many outcomes as the request had inputs.</summary>
    /// <param name="body">Where they stand.</param>
    /// <param name="into">Has been reset for the runs and their data.</param>
    /// <param name="first">Where in it the first one goes.</param>
    /// <param name="count">How many there must be.</param>
    /// <param name="wanted">Of what the request has asked for user space and contexts.</param>
    /// <exception cref="BpfFormatException">They are not what they should be.</exception>
    public static void Read(ref BodyReader body, ObservationBatch into, int first, int count, BodyParts wanted = BodyParts.All)
    {
        string remark = body.Text("remark");
        if (remark.Length > 0) into.Remark = remark;
        uint found = body.U32("number of outcomes");
        if (found != count) throw body.Error($"{found} outcomes, expected {count}");
        for (int i = 0; i < count; i++)
        {
            int length = body.Count(PluginProtocol.MaxBodyBytes, "bytes of an outcome");
            var outcome = new BodyReader(body.Bytes(length, "an outcome"));
            ReadOne(ref outcome, into, first + i, wanted);
        }
    }

    private static void WriteOne(FrameWriter writer, ObservationBatch batch, int index)
    {
        ref Observation seen = ref batch[index];
        ReadOnlySpan<byte> mask = seen.DataLength < 0 ? [] : batch.DataMask(index)[..seen.DataLength];
        string reason = batch.Reason(index);
        Shown shown = (seen.R0Mask != 0 ? Shown.R0 : Shown.None)
            | (seen.RegistersMask != 0 ? Shown.Registers : Shown.None)
            | (seen.DataLength >= 0 ? Shown.Data : Shown.None)
            | (mask.ContainsAnyExcept((byte)0xff) ? Shown.DataMask : Shown.None)
            | (seen.Fault != FaultKind.None ? Shown.FaultKind : Shown.None)
            | (seen.FaultPc >= 0 ? Shown.FaultPc : Shown.None)
            | (seen.Instructions >= 0 ? Shown.Instructions : Shown.None)
            | (reason.Length > 0 ? Shown.Reason : Shown.None);
        writer.U8((byte)seen.Status);
        writer.U8((byte)shown);
        if (shown.HasFlag(Shown.R0))
        {
            writer.U64(seen.R0);
            writer.U64(seen.R0Mask);
        }

        if (shown.HasFlag(Shown.Registers))
        {
            writer.U16(seen.RegistersMask);
            for (int r = 0; r < MachineLimits.RegisterCount; r++)
            {
                if ((seen.RegistersMask >> r & 1) != 0) writer.U64(seen.Registers[r]);
            }
        }

        if (shown.HasFlag(Shown.Data))
        {
            writer.U32((uint)seen.DataLength);
            writer.Bytes(batch.Data(index)[..seen.DataLength]);
        }

        if (shown.HasFlag(Shown.DataMask)) writer.Bytes(mask);
        if (shown.HasFlag(Shown.FaultKind)) writer.Text(Vocabulary.Faults[seen.Fault]);
        if (shown.HasFlag(Shown.FaultPc)) writer.U32((uint)seen.FaultPc);
        if (shown.HasFlag(Shown.Instructions)) writer.U64((ulong)seen.Instructions);
        if (shown.HasFlag(Shown.Reason)) writer.Text(reason);
    }

    /// <summary>Only for a host that has asked for it.</summary>
    private static void WriteMaps(FrameWriter writer, ObservationBatch batch, int index) =>
        WriteMasked(writer, batch[index].MapsLength, batch.Maps(index), batch.MapsMask(index));

    /// <inheritdoc cref="WriteMaps"/>
    private static void WriteContext(FrameWriter writer, ObservationBatch batch, int index) =>
        WriteMasked(writer, batch[index].ContextLength, batch.Context(index), batch.ContextMask(index));

    private static void WriteMasked(FrameWriter writer, int length, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> mask)
    {
        writer.U8(length < 0 ? (byte)0 : (byte)1);
        if (length < 0) return;
        writer.U32((uint)length);
        writer.Bytes(bytes[..length]);
        writer.Bytes(mask[..length]);
    }

    private static void ReadMaps(ref BodyReader body, ObservationBatch into, int index, ref Observation seen) =>
        seen.MapsLength = ReadMasked(ref body, "maps", into.Maps(index), into.MapsMask(index));

    private static void ReadContext(ref BodyReader body, ObservationBatch into, int index, ref Observation seen) =>
        seen.ContextLength = ReadMasked(ref body, "context", into.Context(index), into.ContextMask(index));

    /// <summary>How many bytes were seen; -1: none, not even that there are none.</summary>
    private static int ReadMasked(ref BodyReader body, string what, Span<byte> bytes, Span<byte> mask)
    {
        if (body.IsAtEnd || body.U8($"whether {what} was seen") == 0) return -1;
        int length = body.Count(bytes.Length, $"bytes of {what}");
        body.Bytes(length, what).CopyTo(bytes);
        body.Bytes(length, $"mask of {what}").CopyTo(mask);
        return length;
    }

    private static void ReadOne(ref BodyReader body, ObservationBatch into, int index, BodyParts wanted)
    {
        byte end = body.U8("end of a run");
        if (end > (byte)ExecutionStatus.Inconclusive) throw body.Error($"a run ended with {end}, expected 0 to {(byte)ExecutionStatus.Inconclusive}");
        var shown = (Shown)body.U8("what is shown");
        Observation seen = Observation.Nothing with { Status = (ExecutionStatus)end };
        if (shown.HasFlag(Shown.R0)) (seen.R0, seen.R0Mask) = (body.U64("r0"), body.U64("mask of r0"));
        if (shown.HasFlag(Shown.Registers)) ReadRegisters(ref body, ref seen);
        if (shown.HasFlag(Shown.Data))
        {
            seen.DataLength = body.Count(into.Data(index).Length, "bytes of memory");
            body.Bytes(seen.DataLength, "memory").CopyTo(into.Data(index));
        }

        into.DataMask(index).Fill(0xff); // an answer that broke off may have been here
        if (shown.HasFlag(Shown.DataMask)) body.Bytes(Math.Max(seen.DataLength, 0), "mask of memory").CopyTo(into.DataMask(index));
        if (shown.HasFlag(Shown.FaultKind)) seen.Fault = Vocabulary.Faults.TryParse(body.Text("fault"), out FaultKind kind) ? kind : FaultKind.None;
        if (shown.HasFlag(Shown.FaultPc)) seen.FaultPc = body.Pc("pc of the fault") ?? Observation.Nothing.FaultPc;
        if (shown.HasFlag(Shown.Instructions)) seen.Instructions = (long)Math.Min(body.U64("instruction count"), long.MaxValue);
        string reason = shown.HasFlag(Shown.Reason) ? body.Text("reason") : string.Empty;
        if (wanted.HasFlag(BodyParts.UserSpace) && !into.Maps(index).IsEmpty) ReadMaps(ref body, into, index, ref seen);
        if (wanted.HasFlag(BodyParts.Contexts) && !into.Context(index).IsEmpty) ReadContext(ref body, into, index, ref seen);
        into[index] = seen;
        if (seen.Status == ExecutionStatus.Inconclusive) into.SetInconclusive(index, reason);
        else if (seen.Status == ExecutionStatus.Crashed) into.SetCrashed(index, reason);
    }

    private static void ReadRegisters(ref BodyReader body, ref Observation seen)
    {
        ushort mask = body.U16("mask of registers");
        if (mask >> MachineLimits.RegisterCount != 0) throw body.Error($"mask of registers 0x{mask:x}, expected bits 0 to {MachineLimits.RegisterCount - 1}");
        seen.RegistersMask = mask;
        for (int r = 0; r < MachineLimits.RegisterCount; r++)
        {
            if ((mask >> r & 1) != 0) seen.Registers[r] = body.U64("a register");
        }
    }
}
