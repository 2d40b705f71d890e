namespace BpfConformance.Jit.X64;

/// <summary>The fields of a region, by their distance from its start.</summary>
internal readonly record struct RegionFields(int Start, int Length, int IsWritable, int ElementBytes, int ElementMask, int ElementsEnd);
