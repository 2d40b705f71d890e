using System.Collections.Immutable;
using System.Text;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>
/// Which of the inputs of a run are steps of user space, and whether images of maps are wanted, as the end of its body: only machines that
/// have such a user space are sent it.
/// </summary>
public static class StepsBody
{
    private const byte ImagesBit = 1;

    /// <summary>The first command in the file system.</summary>
    private const int PinCommands = 6;

    /// <summary>The first command on many elements at once.</summary>
    private const int BatchCommands = 16;

    /// <summary>The first command with a ring buffer.</summary>
    private const int RingCommands = 24;

    public static void Write(FrameWriter writer, ReadOnlySpan<RunInput> inputs, bool wantsImages)
    {
        writer.U8(wantsImages ? ImagesBit : (byte)0);
        uint count = 0;
        foreach (RunInput input in inputs) count += input.Step is null ? 0u : 1u;
        writer.U32(count);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (inputs[i].Step is not { } step) continue;
            writer.U32((uint)i);
            if (step is NetworkStep inNetwork) Write(writer, inNetwork);
            else if (step is BatchStep batch) BatchBody.Write(writer, (byte)(BatchCommands + batch.Command), batch);
            else if (step is PinStep pin) Write(writer, (byte)(PinCommands + pin.Command), pin.Subject, 0, Encoding.UTF8.GetBytes(pin.Path), []);
            else if (step is RingStep ring) Write(writer, (byte)(RingCommands + ring.Command), ring.Map, 0, [], ring.Record.Span);
            else if (step is MapStep map) Write(writer, (byte)map.Command, map.Map, map.Flags, map.Key.Span, map.Value.Span);
        }
    }

    /// <summary>Puts the steps that there are into the inputs; a host that does not know of them sends nothing.</summary>
    /// <param name="body">After the inputs.</param>
    /// <param name="inputs">What was read before.</param>
    /// <param name="loaded">What is loaded.</param>
    /// <returns>Whether images of the maps are wanted.</returns>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static bool Read(ref BodyReader body, RunInput[] inputs, LoadRequest loaded)
    {
        if (body.IsAtEnd) return false;
        bool wantsImages = (body.U8("images") & ImagesBit) != 0;
        for (int left = body.Count(inputs.Length, "number of steps"); left > 0; left--)
        {
            int input = body.Count(inputs.Length - 1, "input of a step");
            inputs[input] = inputs[input] with { Step = ReadStep(ref body, loaded) };
        }

        return wantsImages;
    }

    private static UserStep ReadStep(ref BodyReader body, LoadRequest loaded)
    {
        byte command = body.U8("command");
        if (command is >= NetworkBody.Attach and <= NetworkBody.Last) return ReadNetworkStep(ref body, command, loaded);
        if (Enum.IsDefined((PinCommand)(command - PinCommands))) return ReadPin(ref body, (PinCommand)(command - PinCommands), loaded);
        if (Enum.IsDefined((BatchCommand)(command - BatchCommands))) return BatchBody.Read(ref body, (BatchCommand)(command - BatchCommands), loaded);
        if (Enum.IsDefined((MapCommand)command)) return ReadMapStep(ref body, (MapCommand)command, loaded);
        if (Enum.IsDefined((RingCommand)(command - RingCommands))) return ReadRing(ref body, (RingCommand)(command - RingCommands), loaded.Maps);
        throw body.Error($"command {command}, expected 0 to {PinCommands + (int)PinCommand.RemoveFolder}, {BatchCommands} to {BatchCommands + (int)BatchCommand.Delete}, {RingCommands} to {RingCommands + (int)RingCommand.Produce}, or {NetworkBody.Attach} to {NetworkBody.Last}");
    }

    private static NetworkStep ReadNetworkStep(ref BodyReader body, byte command, LoadRequest loaded)
    {
        int subject = body.Count(int.MaxValue, "program of a step");
        ulong flags = body.U64("place");
        byte[] key = ReadCounted(ref body, "address");
        return NetworkBody.Read(ref body, loaded, command, subject, flags, key, ReadCounted(ref body, "packet"));
    }

    private static PinStep ReadPin(ref BodyReader body, PinCommand command, LoadRequest loaded)
    {
        int subject = body.Count(loaded.Maps.Length + loaded.Program.Count - 1, "object of a step");
        _ = body.U64("flags");
        string path = Encoding.UTF8.GetString(ReadCounted(ref body, "path"));
        _ = ReadCounted(ref body, "value");
        return PinStep.IsPath(path) ? new PinStep(command, path, subject) : throw body.Error("a path with a name that is empty or leads elsewhere");
    }

    private static RingStep ReadRing(ref BodyReader body, RingCommand command, ImmutableArray<MapDefinition> maps)
    {
        int map = (int)body.U32("map of a step");
        _ = body.U64("flags");
        _ = ReadCounted(ref body, "key");
        byte[] record = ReadCounted(ref body, "value");
        MapType type = command == RingCommand.Consume ? MapType.Ringbuf : MapType.UserRingbuf;
        bool isRight = (uint)map < (uint)maps.Length && maps[map].Type == type;
        return isRight ? new RingStep(command, map, record) : throw body.Error($"a step with map {map}, which is no {type}");
    }

    private static MapStep ReadMapStep(ref BodyReader body, MapCommand command, LoadRequest loaded)
    {
        ImmutableArray<MapDefinition> maps = loaded.Maps;
        if (maps.IsEmpty) throw body.Error("a step without maps");
        int map = body.Count(maps.Length - 1, "map of a step");
        ulong flags = body.U64("flags");
        byte[] key = ReadCounted(ref body, "key");
        byte[] value = ReadCounted(ref body, "value");
        bool needsKey = command is not (MapCommand.Freeze or MapCommand.NextKey);
        bool hasKey = key.Length == maps[map].KeyBytes || (key.Length == 0 && !needsKey);
        bool needsValue = command == MapCommand.Update || (maps[map].Type == MapType.BloomFilter && command == MapCommand.Lookup);
        bool hasValue = value.Length == (needsValue ? maps[map].ValueBytes : 0);
        bool isRight = hasKey && hasValue;
        if (isRight && needsValue) CheckIndex(ref body, loaded, maps[map], value);
        return isRight
            ? new MapStep(command, map, key, value, flags)
            : throw body.Error($"a step with a key of {key.Length} bytes and a value of {value.Length}, which map {map} has not");
    }

    /// <summary>Of a map of maps, and of an array of programs: a value is the index of one that there is.</summary>
    internal static void CheckIndex(ref BodyReader body, LoadRequest loaded, MapDefinition map, ReadOnlySpan<byte> value)
    {
        ProgramsBody.CheckIndex(ref body, map, value, loaded.Program.Count);
        bool isMap = map is { Type: MapType.ArrayOfMaps or MapType.HashOfMaps, ValueBytes: sizeof(uint) };
        if (isMap && BitConverter.ToUInt32(value) >= loaded.Maps.Length) throw body.Error($"map {BitConverter.ToUInt32(value)} in map {map.Name}, expected 0 to {loaded.Maps.Length - 1}");
    }

    private static void Write(FrameWriter writer, NetworkStep step)
    {
        (byte command, int subject, ulong flags, byte[] key, ReadOnlyMemory<byte> value) = NetworkBody.FieldsOf(step);
        Write(writer, command, subject, flags, key, value.Span);
    }

    private static void Write(FrameWriter writer, byte command, int subject, ulong flags, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        writer.U8(command);
        writer.U32((uint)subject);
        writer.U64(flags);
        WriteCounted(writer, key);
        WriteCounted(writer, value);
    }

    internal static void WriteCounted(FrameWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.U32((uint)bytes.Length);
        writer.Bytes(bytes);
    }

    internal static byte[] ReadCounted(ref BodyReader body, string what) =>
        body.Bytes(body.Count(PluginProtocol.MaxBodyBytes, $"bytes of a {what}"), what).ToArray();
}
