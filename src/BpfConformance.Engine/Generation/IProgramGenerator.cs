using BpfConformance.Engine.Cases;

namespace BpfConformance.Engine.Generation;

/// <summary>Writes cases. The same decisions give the same case, whoever asks, and when.</summary>
public interface IProgramGenerator
{
    /// <summary>As in <c>--profile</c>.</summary>
    string Name { get; }

    /// <summary>The next case: a program, its maps and inputs. It states no results.</summary>
    /// <param name="entropy">Where its decisions come from.</param>
    /// <param name="limits">What those who are asked have in common: nothing else is in the case.</param>
    TestCase Next(ref Entropy entropy, GeneratorLimits limits);
}
