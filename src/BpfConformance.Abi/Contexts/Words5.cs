namespace BpfConformance.Abi.Contexts;

/// <summary>A field of five words.</summary>
public record struct Words5(uint W0, uint W1, uint W2, uint W3, uint W4);
