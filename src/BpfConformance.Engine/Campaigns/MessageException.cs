namespace BpfConformance.Engine.Campaigns;

/// <summary>A worker says what none does: it is of no use any more.</summary>
/// <param name="message">As a sentence about it goes on.</param>
public sealed class MessageException(string message) : Exception(message);
