using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Comparison;

/// <summary>Whether a target can be asked about a case at all.</summary>
public static class CapabilityCheck
{
    /// <summary>What the target would need for the case and does not have, in one line; <c>null</c> when nothing.</summary>
    public static string? Lacks(this TargetCapabilities capabilities, TestCase test)
    {
        if (!capabilities.Groups.IsSupersetOf(test.Groups))
        {
            return $"lacks {string.Join(", ", test.Groups.Except(capabilities.Groups).Select(group => Vocabulary.Groups[group]))}";
        }

        if (test.Cpu > capabilities.Cpu)
        {
            return $"has CPU version {Vocabulary.CpuVersions[capabilities.Cpu]}, the program needs {Vocabulary.CpuVersions[test.Cpu]}";
        }

        for (int index = 0; index < test.Program.Count; index++)
        {
            ProgramType type = test.Program[index].Type;
            if (!capabilities.Types.Contains(type)) return capabilities.WhyNotLoaded(type);
            bool mustRun = test.Expectation is { Load: LoadExpectation.Accepted, Run: RunExpectation.Returned };
            if (mustRun && test.Runs(index) && capabilities.OnlyLoaded.Contains(type)) return $"only loads programs of type {Vocabulary.ProgramTypes[type]}";
        }

        if (test.Program.Count > 1 && !capabilities.HasSeveralPrograms) return "does not load several programs";

        if (!capabilities.HasContexts && ContextOf(test) is { } context) return $"is not given contexts: {context}";

        if ((test.HasNetwork || RouteQueries.AreIn(test.Program)) && !capabilities.HasNetwork) return "has no network with hooks";

        if (!capabilities.HasObjects && test.Maps.Any(map => map.IsOfObjects)) return "has no objects with storage, and no control groups";

        if (test.HasSockets && !capabilities.HasSockets) return "has no sockets that maps hold, or programs choose";

        bool needsUserSpace = test.IsSequence
            || test.Maps.Any(map => !map.Contents.IsEmpty || map.InnerMap is not null || map.Pin is not null)
            || test.Inputs.Any(input => !input.MapsAfter.IsEmpty);
        if (needsUserSpace && !capabilities.HasUserSpace) return "lacks a user space that reaches maps";

        if (!capabilities.HasValueFields && test.Maps.Any(map => !map.Fields.IsEmpty)) return "has no fields of the kernel's in values of maps";

        return capabilities.LacksHelpers(test)
            ?? (test.DataBytes > capabilities.MaxDataBytes
                ? $"takes at most {capabilities.MaxDataBytes} bytes of memory, the case has {test.DataBytes}"
                : null);
    }

    private static string WhyNotLoaded(this TargetCapabilities capabilities, ProgramType type)
    {
        string lack = $"does not load programs of type {Vocabulary.ProgramTypes[type]}";
        return capabilities.DetailOf(type) is { } why ? $"{lack}: {why}" : lack;
    }

    /// <summary>
    /// What of the case only those understand who know of contexts, in words; <c>null</c>: nothing. A socket filter can do without, when it
    /// looks at nothing but its packet.
    /// </summary>
    private static string? ContextOf(TestCase test)
    {
        for (int index = 0; index < test.Program.Count; index++)
        {
            ProgramPart part = test.Program[index];
            if (part.Type is not (ProgramType.Unspecified or ProgramType.SocketFilter)) return $"a program has the type {Vocabulary.ProgramTypes[part.Type]}";
            if (part.AttachType != default) return "a program has an attach type";
        }

        return ContextUse.IsPossible(test.Program) ? "a program may look at its own"
            : test.Program.License != Licenses.Gpl ? "the license is stated"
            : test.Program.Flags != ProgramFlags.None ? "flags are stated"
            : test.Inputs.Any(input => !input.Context.IsEmpty || !input.ContextAfter.IsEmpty) ? "fields of one are stated"
            : null;
    }

    /// <summary>Which of Linux's helpers the case calls and the target does not have, in one line; <c>null</c>: none.</summary>
    public static string? LacksHelpers(this TargetCapabilities capabilities, TestCase test)
    {
        if (capabilities.Helpers.Count == HelperTable.Count) return null;
        IReadOnlyCollection<int> missing = HelperCalls.Missing(test, capabilities.Helpers);
        return missing.Count == 0 ? null : $"lacks Linux's helper {string.Join(", ", missing.Select(helper => $"{helper} ({HelperTable.NameOf(helper)})"))}";
    }
}
