namespace BpfConformance.Engine.Targets;

/// <summary>What user space does with a ring buffer that it has mapped.</summary>
public enum RingCommand
{
    /// <summary>Takes the next record of a ring that programs fill.</summary>
    Consume,

    /// <summary>Puts a record into a ring that programs drain.</summary>
    Produce,
}

/// <summary>A step of user space with a ring buffer. What <see cref="RingCommand.Consume"/> gets is the record.</summary>
/// <param name="Command">What it does.</param>
/// <param name="Map">With which map of the case.</param>
/// <param name="Record">What is put in; else empty.</param>
public sealed record RingStep(RingCommand Command, int Map, ReadOnlyMemory<byte> Record) : UserStep;
