namespace BpfConformance.Loading.Assembly;

/// <summary>What a line put into a slot of its template.</summary>
/// <param name="Value">The number; 0 when there is a label.</param>
/// <param name="Label">A name whose distance is the value; <c>null</c> for a number.</param>
/// <param name="Column">1-based.</param>
internal readonly record struct Capture(Int128 Value, string? Label, int Column);

/// <summary>A line that matched a form.</summary>
/// <param name="Line">Where it stands.</param>
/// <param name="Form">The form.</param>
/// <param name="Captures">One for each slot of the form's template, in its order.</param>
internal sealed record Statement(SourceLine Line, Form Form, IReadOnlyList<Capture> Captures);

/// <summary>The names that a program may use.</summary>
/// <param name="Labels">All labels, whether before or after their use.</param>
/// <param name="Maps">Names of maps and their numbers.</param>
internal sealed record Scope(IReadOnlySet<string> Labels, IReadOnlyDictionary<string, int> Maps);
