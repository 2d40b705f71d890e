using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What bodies hold beside what all machines are sent: a machine that has said that it has something is sent the part about it.</summary>
[Flags]
public enum BodyParts
{
    None = 0,
    UserSpace = 1,
    Programs = 2,
    Contexts = 4,
    Fields = 8,
    All = UserSpace | Programs | Contexts | Fields,
}

/// <summary>Which parts a machine is sent.</summary>
public static class BodyPartsOfMachines
{
    public static BodyParts Parts(this TargetCapabilities machine) =>
        (machine.HasUserSpace ? BodyParts.UserSpace : BodyParts.None)
        | (machine.HasSeveralPrograms ? BodyParts.Programs : BodyParts.None)
        | (machine.HasContexts ? BodyParts.Contexts : BodyParts.None)
        | (machine.HasValueFields ? BodyParts.Fields : BodyParts.None);
}
