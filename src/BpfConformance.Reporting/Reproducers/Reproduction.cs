namespace BpfConformance.Reporting.Reproducers;

/// <summary>What became of one form of a finding.</summary>
/// <param name="FileName">Its file.</param>
/// <param name="Text">What is in it; <c>null</c>: it is not written.</param>
/// <param name="Remark">Why it is not written, or how it was tried.</param>
public sealed record Reproduction(string FileName, string? Text, string Remark);
