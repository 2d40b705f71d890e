using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>How a plug-in introduces itself.</summary>
/// <param name="Version">Of the protocol, that it speaks from now on.</param>
/// <param name="Name">Of the machine.</param>
/// <param name="Capabilities">Of the machine. What this version does not know is left out.</param>
/// <param name="HasThreads">Whether it runs two threads over one map.</param>
public sealed record HelloAnswer(ushort Version, string Name, TargetCapabilities Capabilities, bool HasThreads)
{
    private const byte ThreadsBit = 1;
    private const byte UserSpaceBit = 2;
    private const byte ProgramsBit = 4;
    private const byte ContextsBit = 8;
    private const byte NetworkBit = 16;
    private const byte FieldsBit = 32;
    private const byte ObjectsBit = 64;
    private const byte SocketsBit = 128;

    /// <summary>A network has programs, each with its context, and user space has steps in it.</summary>
    private const byte NetworkNeeds = NetworkBit | UserSpaceBit | ProgramsBit | ContextsBit;

    /// <summary>Something is stored for programs that have contexts, and user space reaches it.</summary>
    private const byte ObjectNeeds = ObjectsBit | UserSpaceBit | ContextsBit;

    public void Write(FrameWriter writer)
    {
        writer.U16(Version);
        writer.Text(Name);
        writer.Text(Capabilities.Version);
        writer.U8((byte)Capabilities.Cpu);
        writer.U32((uint)Capabilities.MaxDataBytes);
        int abilities = (HasThreads ? ThreadsBit : 0)
            | (Capabilities.HasUserSpace ? UserSpaceBit : 0)
            | (Capabilities.HasSeveralPrograms ? ProgramsBit : 0)
            | (Capabilities.HasContexts ? ContextsBit : 0)
            | (Capabilities.HasNetwork ? NetworkBit : 0)
            | (Capabilities.HasObjects ? ObjectsBit : 0)
            | (Capabilities.HasSockets ? SocketsBit : 0)
            | (Capabilities.HasValueFields ? FieldsBit : 0);
        writer.U8((byte)abilities);
        writer.U16((ushort)Capabilities.Groups.Count);
        foreach (ConformanceGroup group in Capabilities.Groups) writer.Text(Vocabulary.Groups[group]);
        writer.U16((ushort)Capabilities.Types.Count);
        foreach (ProgramType type in Capabilities.Types) writer.U32((uint)type);
        writer.U16((ushort)Capabilities.Helpers.Count);
        foreach (int helper in Capabilities.Helpers) writer.U32((uint)helper);
        writer.U16((ushort)Capabilities.Probes.Length);
        foreach (CapabilityProbe probe in Capabilities.Probes)
        {
            writer.Text(probe.Name);
            writer.U8(probe.Available ? (byte)1 : (byte)0);
            writer.Text(probe.Detail);
        }

        DetailsBody.Write(writer, Capabilities);
    }

    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static HelloAnswer Read(ref BodyReader body)
    {
        ushort version = body.U16("protocol version");
        if (version != PluginProtocol.Version) throw body.Error($"protocol version {version}, expected {PluginProtocol.Version}");

        string name = body.Text("name");
        string machine = body.Text("version");
        byte cpu = body.U8("CPU version");
        uint memory = body.U32("largest memory");
        byte abilities = body.U8("abilities");
        ImmutableSortedSet<ConformanceGroup> groups = Groups(ref body);
        ImmutableSortedSet<ProgramType> types = Types(ref body);
        ImmutableSortedSet<int> helpers = Helpers(ref body);
        var capabilities = new TargetCapabilities(
            machine,
            groups,
            (CpuVersion)Math.Clamp(cpu, (byte)CpuVersion.V1, (byte)CpuVersion.V4),
            types,
            (int)Math.Min(memory, PluginProtocol.MaxDataBytes),
            Probes(ref body))
        {
            Helpers = helpers,
            HasUserSpace = (abilities & UserSpaceBit) != 0,
            HasSeveralPrograms = (abilities & (UserSpaceBit | ProgramsBit)) == (UserSpaceBit | ProgramsBit),
            HasContexts = (abilities & ContextsBit) != 0,
            HasNetwork = (abilities & NetworkNeeds) == NetworkNeeds,
            HasObjects = (abilities & ObjectNeeds) == ObjectNeeds,
            HasSockets = (abilities & (NetworkNeeds | SocketsBit)) == (NetworkNeeds | SocketsBit),
            HasValueFields = (abilities & FieldsBit) != 0,
        };
        return new HelloAnswer(version, name, DetailsBody.Read(ref body, capabilities), (abilities & ThreadsBit) != 0);
    }

    /// <summary>Those of a list that are known here.</summary>
    internal static ImmutableSortedSet<ProgramType> Types(ref BodyReader body) =>
        [.. Numbers(ref body, "program type").Select(type => (ProgramType)type).Where(Enum.IsDefined)];

    /// <inheritdoc cref="Types"/>
    internal static ImmutableSortedSet<int> Helpers(ref BodyReader body) =>
        [.. Numbers(ref body, "helper").Where(helper => helper is >= 1 && helper <= HelperTable.Count).Select(helper => (int)helper)];

    private static ImmutableSortedSet<ConformanceGroup> Groups(ref BodyReader body)
    {
        ImmutableSortedSet<ConformanceGroup>.Builder groups = ImmutableSortedSet.CreateBuilder<ConformanceGroup>();
        for (int left = body.U16("number of groups"); left > 0; left--)
        {
            if (Vocabulary.Groups.TryParse(body.Text("group"), out ConformanceGroup group)) groups.Add(group);
        }

        return groups.ToImmutable();
    }

    private static List<uint> Numbers(ref BodyReader body, string what)
    {
        var numbers = new List<uint>();
        for (int left = body.U16($"number of {what}s"); left > 0; left--) numbers.Add(body.U32(what));
        return numbers;
    }

    private static ImmutableArray<CapabilityProbe> Probes(ref BodyReader body)
    {
        var probes = ImmutableArray.CreateBuilder<CapabilityProbe>();
        for (int left = body.U16("number of remarks"); left > 0; left--)
        {
            probes.Add(new CapabilityProbe(body.Text("remark"), body.U8("remark") != 0, body.Text("remark")));
        }

        return probes.ToImmutable();
    }
}
