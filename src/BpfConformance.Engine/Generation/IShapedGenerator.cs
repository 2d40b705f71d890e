using BpfConformance.Engine.Generation.Valid;

namespace BpfConformance.Engine.Generation;

/// <summary>A generator that knows what the values are that its programs compute with.</summary>
public interface IShapedGenerator : IProgramGenerator
{
    /// <summary>What the last case holds.</summary>
    GeneratedShape LastShape { get; }
}
