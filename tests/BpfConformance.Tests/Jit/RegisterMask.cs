using BpfConformance.Abi.Instructions;

namespace BpfConformance.Tests.Jit;

/// <summary>Sets of registers as tests state them.</summary>
internal static class RegisterMask
{
    /// <summary>The numbers of the registers, by a bit for each, with blanks between.</summary>
    public static string Names(int registers) => string.Join(' ', Enumerable.Range(0, MachineLimits.RegisterCount).Where(r => (registers >> r & 1) != 0));
}
