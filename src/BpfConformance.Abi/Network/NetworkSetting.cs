namespace BpfConformance.Abi.Network;

/// <summary>The setting that programs of a control group see being read or written.</summary>
public static class NetworkSetting
{
    /// <summary>Its folder below <c>/proc/sys</c>, with the slash behind it.</summary>
    public const string Folder = "net/ipv4/";

    /// <summary>Its file there.</summary>
    public const string Name = "ip_default_ttl";

    /// <summary>What it is set to, and what is written: without the end of line that a reader gets.</summary>
    public const string Value = "64";
}
