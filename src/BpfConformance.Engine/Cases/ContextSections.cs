using System.Collections.Immutable;
using BpfConformance.Abi.Programs;

namespace BpfConformance.Engine.Cases;

/// <summary>Puts what <c>-- context</c> and <c>-- context-after</c> say into the runs of a case.</summary>
/// <param name="program">Its programs.</param>
/// <param name="expectation">What is expected of it.</param>
internal sealed class ContextSections(BpfProgram program, Expectation expectation)
{
    /// <summary>Every run is given the same.</summary>
    public ImmutableArray<CaseInput> Give(Section section, ImmutableArray<CaseInput> inputs)
    {
        CheckRuns(section, inputs);
        ContextLayout layout = LayoutOf(section);
        var reader = new ContextReader(section, layout);
        ImmutableArray<StatedField> fields = reader.Read();
        GivenContexts.Check(section, layout, fields);
        byte[] context = reader.ToContext(fields);
        return [.. inputs.Select(input => input.Step is null ? input with { Context = context } : input)];
    }

    /// <summary>After the only run, or after the last step.</summary>
    public ImmutableArray<CaseInput> State(Section section, ImmutableArray<CaseInput> inputs)
    {
        CheckRuns(section, inputs);
        if (inputs[^1].Step is not null) throw section.Error($"'-- {section.Name}' has no place where the last step is no run");
        ContextLayout layout = LayoutOf(section);
        ImmutableArray<StatedField> fields = new ContextReader(section, layout).Read();
        if (fields is [{ Value.IsEmpty: true }]) throw section.Error($"'-- {section.Name}' is empty, expected bytes");
        int bytes = layout.BytesOf(inputs[^1].Context.Length, program[inputs[^1].Program].LeastContextBytes);
        return fields.FirstOrDefault(field => field.Offset + field.Value.Length > bytes) is { } beyond
            ? throw section.Error(beyond.Line, $"{beyond.Offset + beyond.Value.Length} bytes of context afterwards, expected at most {bytes}, which it has")
            : inputs.SetItem(inputs.Length - 1, inputs[^1] with { ContextAfter = fields });
    }

    private void CheckRuns(Section section, ImmutableArray<CaseInput> inputs)
    {
        if (inputs.IsEmpty || expectation.Load == LoadExpectation.Rejected) throw section.Error($"'-- {section.Name}' has no place when nothing runs");
    }

    private ContextLayout LayoutOf(Section section)
    {
        if (program.Type == ProgramType.Unspecified) throw section.Error($"'-- {section.Name}' has no place without '-- {HookReader.Type}'");
        ContextLayout?[] layouts = [.. Enumerable.Range(0, program.Count).Select(index => program.HookOf(index)?.Given?.Layout).Distinct()];
        if (layouts is not [{ } layout])
        {
            throw section.Error(layouts.Length > 1
                ? "programs with different contexts, expected the same for all"
                : $"what the context of {Vocabulary.ProgramTypes[program.Type]} holds is not known");
        }

        return layout;
    }
}
