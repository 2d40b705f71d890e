using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Maps;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>The fields in the values of the maps of a load, as the end of its body: only machines that have such fields are sent it.</summary>
public static class FieldsBody
{
    public static void Write(FrameWriter writer, ImmutableArray<MapDefinition> maps)
    {
        foreach (MapDefinition map in maps)
        {
            writer.U8((byte)map.Fields.Length);
            foreach (ValueField field in map.Fields)
            {
                writer.U8((byte)field.Kind);
                writer.U32((uint)field.Offset);
            }
        }
    }

    /// <summary>Reads what there is; a host that does not know of it sends nothing.</summary>
    /// <param name="body">After everything else.</param>
    /// <param name="maps">What was read before.</param>
    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static ImmutableArray<MapDefinition> Read(ref BodyReader body, ImmutableArray<MapDefinition> maps)
    {
        if (body.IsAtEnd) return maps;
        var read = ImmutableArray.CreateBuilder<MapDefinition>(maps.Length);
        foreach (MapDefinition map in maps) read.Add(map with { Fields = ReadFields(ref body) });
        return read.MoveToImmutable();
    }

    private static ImmutableArray<ValueField> ReadFields(ref BodyReader body)
    {
        var fields = ImmutableArray.CreateBuilder<ValueField>();
        for (int left = body.U8("number of fields"); left > 0; left--)
        {
            var kind = (ValueFieldKind)body.U8("field");
            if (!Enum.IsDefined(kind)) throw body.Error($"a field of kind {(int)kind}");
            fields.Add(new ValueField(kind, body.Count(ushort.MaxValue, "offset of a field")));
        }

        return fields.ToImmutable();
    }
}
