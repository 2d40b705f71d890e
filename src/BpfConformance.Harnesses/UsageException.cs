namespace BpfConformance.Harnesses;

/// <summary>What was asked for cannot be done here; the message is one sentence.</summary>
public sealed class UsageException(string message) : Exception(message);
