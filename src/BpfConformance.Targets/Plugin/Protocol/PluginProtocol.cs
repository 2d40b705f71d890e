namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>What a frame is. Requests come from the host, answers (the high bit is set) from the plug-in.</summary>
public enum FrameKind : byte
{
    Hello = 0x01,
    Load = 0x02,
    Run = 0x03,
    RunTogether = 0x04,
    Unload = 0x05,
    Bye = 0x06,

    HelloAnswer = 0x81,
    Verdict = 0x82,
    Outcomes = 0x83,
    OutcomesTogether = 0x84,

    /// <summary>Instead of any answer: the request could not be served, and nothing follows about the program.</summary>
    Trouble = 0xff,
}

/// <summary>Numbers of the protocol that <c>conformance/PROTOCOL.md</c> describes.</summary>
public static class PluginProtocol
{
    /// <summary>The only version there is.</summary>
    public const ushort Version = 1;

    /// <summary>Length, then the number of the request, then the kind.</summary>
    public const int HeaderBytes = 9;

    /// <summary>What the length counts beside the body.</summary>
    public const int CountedHeaderBytes = HeaderBytes - sizeof(uint);

    /// <summary>The longest body: sixteen mebibytes of memory, their mask, and room for everything else.</summary>
    public const int MaxBodyBytes = 64 << 20;

    /// <summary>The largest memory that the host gives, whatever a plug-in takes.</summary>
    public const int MaxDataBytes = 16 << 20;

    /// <summary>The most runs in a request.</summary>
    public const int MaxInputs = 4096;

    /// <summary>The most runs at the same time: more would mostly wait for a processor, and each takes a machine's memory.</summary>
    public const int MaxThreads = 8;

    /// <summary>The most maps of a program (kernel MAX_USED_MAPS).</summary>
    public const int MaxMaps = 64;

    /// <summary>The first bytes of the first frame's body: who reads them knows whom it talks to.</summary>
    public static ReadOnlySpan<byte> Magic => "bpfc"u8;
}
