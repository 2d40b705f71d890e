using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>A load as the body of a frame.</summary>
public static class LoadBody
{
    /// <param name="writer">Takes it.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="parts">What the machine has said that it has.</param>
    public static void Write(FrameWriter writer, LoadRequest request, BodyParts parts)
    {
        writer.U32((uint)request.Program.Type);
        writer.U32((uint)request.DataBytes);
        writer.U64((ulong)request.InstructionBudget);
        writer.U32((uint)request.Maps.Length);
        foreach (MapDefinition map in request.Maps)
        {
            writer.U32((uint)map.Type);
            writer.U32((uint)map.KeyBytes);
            writer.U32((uint)map.ValueBytes);
            writer.U32((uint)map.MaxEntries);
            writer.U32((uint)map.Flags);
            writer.Text(map.Name);
        }

        writer.U32((uint)request.Program.Instructions.Length);
        writer.Bytes(request.Program.ToBytes());
        if (parts.HasFlag(BodyParts.UserSpace)) MapsBody.Write(writer, request);
        if (parts.HasFlag(BodyParts.Programs)) ProgramsBody.Write(writer, request.Program);
        if (parts.HasFlag(BodyParts.Contexts)) ContextsBody.Write(writer, request.Program);
        if (parts.HasFlag(BodyParts.Fields)) FieldsBody.Write(writer, request.Maps);
        if (parts.HasFlag(BodyParts.UserSpace)) PinsBody.Write(writer, request.Maps);
    }

    /// <param name="body">All of it.</param>
    /// <param name="parts">What the machine that reads it has said that it has.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static LoadRequest Read(ref BodyReader body, BodyParts parts = BodyParts.All)
    {
        var type = (ProgramType)body.Count(int.MaxValue, "program type");
        int dataBytes = body.Count(PluginProtocol.MaxDataBytes, "bytes of memory");
        ulong budget = body.U64("budget");
        var maps = ImmutableArray.CreateBuilder<MapDefinition>();
        for (int left = body.Count(PluginProtocol.MaxMaps, "number of maps"); left > 0; left--)
        {
            var mapType = (MapType)body.Count(int.MaxValue, "map type");
            int keyBytes = body.Count(int.MaxValue, "key bytes");
            int valueBytes = body.Count(int.MaxValue, "value bytes");
            int entries = body.Count(int.MaxValue, "entries");
            var flags = (MapFlags)body.U32("map flags");
            maps.Add(new MapDefinition(body.Text("map name"), mapType, keyBytes, valueBytes, entries, flags));
        }

        int slots = body.Count(BpfProgram.MaxInstructions, "number of slots");
        var program = BpfProgram.FromBytes(body.Bytes(slots * Instruction.SizeBytes, "slots"), type: type);
        var request = new LoadRequest(program, maps.ToImmutable(), dataBytes)
        {
            InstructionBudget = budget is > 0 and <= long.MaxValue ? (long)budget : LoadRequest.DefaultBudget,
        };
        if (parts.HasFlag(BodyParts.UserSpace)) request = MapsBody.Read(ref body, request);
        if (parts.HasFlag(BodyParts.Programs)) request = ProgramsBody.Read(ref body, request);
        if (parts.HasFlag(BodyParts.Contexts)) request = request with { Program = ContextsBody.Read(ref body, request.Program) };
        if (parts.HasFlag(BodyParts.Fields)) request = request with { Maps = FieldsBody.Read(ref body, request.Maps) };
        return parts.HasFlag(BodyParts.UserSpace) ? request with { Maps = PinsBody.Read(ref body, request.Maps) } : request;
    }
}
