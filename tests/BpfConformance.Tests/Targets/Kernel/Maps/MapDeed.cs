namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>What is done with a map, by a program or by user space. Programs read the number from their memory.</summary>
internal enum MapDeed
{
    /// <summary>Copies the value out; r0 of a program is whether there was one.</summary>
    Lookup = 1,

    /// <summary>As <see cref="Lookup"/>, of any processor.</summary>
    LookupOn,

    /// <summary>Writes the value through the address that a lookup gives; r0 is whether there was one.</summary>
    Store,

    /// <summary>As <see cref="Store"/>, while it holds the lock of the value.</summary>
    StoreLocked,
    Update,
    Delete,
    Push,
    Pop,
    Peek,

    /// <summary>Looks a map up, and a value in that; r0 is how many of both there were.</summary>
    LookupInner,

    /// <summary>Looks a map up, and updates that; r0 is 1 when there was none.</summary>
    UpdateInner,
    LookupAndDelete,
    NextKey,
    Freeze,
}
