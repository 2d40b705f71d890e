namespace BpfConformance.Runtime.Memory;

/// <summary>How the addresses of a program name bytes.</summary>
public enum Addressing
{
    /// <summary>An address is <c>region &lt;&lt; 32 | offset</c>, for engines that look every access up.</summary>
    RegionAndOffset,

    /// <summary>An address is one of this process, for engines that emit code: each region has a stretch of address space to itself.</summary>
    Native,
}
