using System.Collections.Immutable;

namespace BpfConformance.Engine.Cases;

/// <summary>The forms of steps, which begin with their verbs. A table, one step per line.</summary>
internal static class StepForms
{
    private static readonly ImmutableArray<string> s_rows =
    [
        "run [PROGRAM] HEX -> VALUE",
        "update MAP KEY VALUE [any|noexist|exist|0xFLAGS] -> RESULT",
        "lookup MAP KEY -> RESULT",
        "delete MAP KEY -> RESULT",
        "lookup_and_delete MAP KEY -> RESULT",
        "next_key MAP KEY -> RESULT",
        "freeze MAP -> RESULT",
        "lookup_batch MAP [flags 0xFLAGS] first|next COUNT -> RESULT [KEY=VALUE…]",
        "lookup_and_delete_batch MAP [flags 0xFLAGS] first|next COUNT -> RESULT [KEY=VALUE…]",
        "update_batch MAP [flags 0xFLAGS] [KEY=VALUE…] -> RESULT COUNT",
        "delete_batch MAP [flags 0xFLAGS] [KEY…] -> RESULT COUNT",
        "consume MAP -> RESULT",
        "produce MAP HEX -> RESULT",
        "pin NAME PATH -> RESULT",
        "get PATH -> RESULT",
        "unlink PATH -> RESULT",
        "mkdir PATH -> RESULT",
        "rmdir PATH -> RESULT",
        "attach PROGRAM PLACE|MAP -> RESULT",
        "detach PROGRAM PLACE|MAP -> RESULT",
        "arrive DEVICE HEX -> FATE",
        "send ADDRESS:PORT HEX -> FATE",
        "connect client -> FATE",
        "write SOCKET HEX -> FATE",
    ];

    private static readonly ImmutableDictionary<string, string> s_byVerb = s_rows.ToImmutableDictionary(form => FileLines.Words(form)[0]);

    public static string Verbs { get; } = string.Join(", ", s_rows.Select(form => FileLines.Words(form)[0]));

    /// <summary>The form of a step; <c>null</c>: there is none with that verb.</summary>
    public static string? Of(string verb) => s_byVerb.GetValueOrDefault(verb);

    /// <summary>Whether a map stands behind the verb of a form.</summary>
    public static bool IsOfMap(string form) => FileLines.Words(form)[1] == "MAP";
}
