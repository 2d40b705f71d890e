using BpfConformance.Abi;

namespace BpfConformance.Loading.Btf;

/// <summary>Where a blob comes from, and so how to complain about it.</summary>
/// <param name="Origin">File name or other origin; <c>null</c> when there is none.</param>
internal readonly record struct BtfSource(string? Origin)
{
    public BpfFormatException Error(string problem) => new(Origin, 0, 0, "BTF: " + problem);

    public BpfFormatException Error(uint typeId, string problem) => Error($"type {typeId}: {problem}");
}
