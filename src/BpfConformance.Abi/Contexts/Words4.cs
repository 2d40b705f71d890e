namespace BpfConformance.Abi.Contexts;

/// <summary>A field of four words, as addresses of IPv6 are; each in network byte order.</summary>
public record struct Words4(uint W0, uint W1, uint W2, uint W3);
