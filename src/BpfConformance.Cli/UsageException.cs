namespace BpfConformance.Cli;

/// <summary>The command line asks for something that there is not; the message is one sentence.</summary>
public sealed class UsageException(string message) : Exception(message);
