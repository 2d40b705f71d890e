using NUnit.Framework;

namespace BpfConformance.Tests.Jit;

/// <summary>What a test of random programs is to do. BPFCONF_PROGRAMS asks for more, BPFCONF_SEED for the programs of a run before.</summary>
internal static class RandomTest
{
    public static int Programs(int otherwise) => Setting("BPFCONF_PROGRAMS", otherwise);

    /// <summary>The first program's; the next have the numbers after it. It is printed.</summary>
    public static int Seed()
    {
        int seed = Setting("BPFCONF_SEED", Random.Shared.Next());
        TestContext.Out.WriteLine($"BPFCONF_SEED={seed}");
        return seed;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out int value) ? value : otherwise;
}
