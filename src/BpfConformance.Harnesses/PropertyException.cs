using System.Diagnostics;

namespace BpfConformance.Harnesses;

/// <summary>What must hold whatever the input does not hold of this one.</summary>
public sealed class PropertyException : Exception
{
    private const string OwnNames = "BpfConformance.";

    /// <param name="property">What should hold, the same for every input.</param>
    /// <param name="how">How it does not.</param>
    public PropertyException(string property, string how)
        : base($"{property}: {how}") => Signature = property;

    /// <param name="bug">An exception that nobody should have thrown.</param>
    public PropertyException(Exception bug)
        : base($"{bug.GetType().Name}: {bug.Message}", bug) => Signature = $"{bug.GetType().Name} in {PlaceOf(bug)}";

    /// <summary>What two inputs have in common that show one bug.</summary>
    public string Signature { get; }

    /// <summary>The innermost method of ours.</summary>
    private static string PlaceOf(Exception bug) => new StackTrace(bug).GetFrames()
        .Select(frame => frame.GetMethod())
        .FirstOrDefault(method => method?.DeclaringType?.FullName?.StartsWith(OwnNames, StringComparison.Ordinal) == true) is { } place
            ? $"{place.DeclaringType!.Name}.{place.Name}" // it has one: that is how it was chosen
            : "code of others";
}
