namespace BpfConformance.Abi.Programs;

/// <summary>How an instruction touches a context; atomics never may.</summary>
public enum ContextAccess : byte
{
    Load,

    /// <summary>A load that extends the sign, which pointers do not survive.</summary>
    SignedLoad,

    /// <summary>Of a register or of an immediate.</summary>
    Store,
}
