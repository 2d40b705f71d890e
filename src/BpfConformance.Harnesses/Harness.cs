using System.Diagnostics.CodeAnalysis;
using BpfConformance.Engine.Cases;

namespace BpfConformance.Harnesses;

/// <summary>Code of ours, and what must hold of it whatever bytes it is given.</summary>
/// <param name="name">As on the command line.</param>
/// <param name="description">A few words.</param>
public abstract class Harness(string name, string description)
{
    public string Name => name;

    public string Description => description;

    /// <exception cref="PropertyException">It does not hold: the only exception there is.</exception>
    [SuppressMessage("Design", "CA1031", Justification = "That nothing else is thrown is what is tested.")]
    public void Run(ReadOnlySpan<byte> input)
    {
        try
        {
            Check(input);
        }
        catch (Exception bug) when (bug is not PropertyException)
        {
            throw new PropertyException(bug);
        }
    }

    /// <summary>An input from which a corpus may begin, made of a case of the suite; <c>null</c>: it gives none.</summary>
    public abstract byte[]? SeedOf(TestCase test);

    protected abstract void Check(ReadOnlySpan<byte> input);
}
