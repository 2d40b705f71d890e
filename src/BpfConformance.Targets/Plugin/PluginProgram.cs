using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin;

/// <summary>
/// A program that a plug-in accepted. Runs go in portions; where one has no answer, its inputs are run again one by one, so
/// that only the run which does it is lost.
/// </summary>
internal class PluginProgram(PluginTarget target, LoadRequest request) : ILoadedProgram
{
    private const int PortionBytes = 1 << 20;
    private const int PortionInputs = 256;

    /// <summary>Children that one call may cost; what is left then is not run.</summary>
    private const int MaxFailures = 4;

    private int _failures;

    public LoadRequest Request => request;

    protected PluginTarget Target => target;

    public void Run(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        _failures = 0;
        if (request.IsSequence)
        {
            RunSequence(inputs, into);
            return;
        }

        int portion = Math.Clamp(PortionBytes / Math.Max(request.DataBytes + into.Maps(0).Length + into.Context(0).Length, 1), 1, PortionInputs);
        for (int first = 0; first < inputs.Length;)
        {
            int count = Math.Min(portion, inputs.Length - first);
            RunPortion(inputs.Slice(first, count), into, first);
            first += count;
        }
    }

    public void Dispose() => target.Unload(this);

    /// <summary>Records what the child did instead of running an input.</summary>
    protected void Record(ChildFailure failure, ObservationBatch into, int index)
    {
        string sentence = target.Sentence(failure);
        switch (failure.Kind)
        {
            case FailureKind.TookTooLong:
                into.SetTimedOut(index, sentence);
                break;
            case FailureKind.Broke or FailureKind.WasKilled:
            case FailureKind.Trouble when failure.IsCrash:
                into.SetCrashed(index, sentence);
                break;
            case FailureKind.Trouble:
                into.SetInconclusive(index, sentence);
                break;
        }
    }

    /// <summary>Its inputs belong together: where they have no answer, nothing is known of any.</summary>
    private void RunSequence(ReadOnlySpan<RunInput> inputs, ObservationBatch into)
    {
        ChildFailure? failure = target.Run(this, inputs, into, first: 0);
        for (int kills = 0; failure is { Kind: FailureKind.WasKilled } && kills < PluginTarget.MaxKills; kills++)
        {
            failure = target.Run(this, inputs, into, first: 0);
        }

        for (int i = 0; failure is not null && i < inputs.Length; i++) Record(failure, into, i);
    }

    private void RunPortion(ReadOnlySpan<RunInput> inputs, ObservationBatch into, int first)
    {
        if (_failures < MaxFailures && inputs.Length > 1)
        {
            ChildFailure? failure = target.Run(this, inputs, into, first);
            if (failure is null) return;
            int before = _failures;
            RunOneByOne(inputs, into, first);
            bool didItAgain = _failures > before;
            if (!didItAgain && failure.Kind != FailureKind.WasKilled) RecordOnce(failure, inputs.Length, into, first);
            return;
        }

        RunOneByOne(inputs, into, first);
    }

    private void RunOneByOne(ReadOnlySpan<RunInput> inputs, ObservationBatch into, int first)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            if (_failures >= MaxFailures) into.SetInconclusive(first + i, $"not run: {target.Name} gave no answer {MaxFailures} times");
            else RunOne(inputs.Slice(i, 1), into, first + i);
        }
    }

    private void RunOne(ReadOnlySpan<RunInput> input, ObservationBatch into, int index)
    {
        for (int kills = 0; ; kills++)
        {
            ChildFailure? failure = target.Run(this, input, into, index);
            if (failure is null) return;
            if (failure.Kind == FailureKind.WasKilled && kills < PluginTarget.MaxKills) continue;
            _failures++;
            Record(failure, into, index);
            return;
        }
    }

    /// <summary>Something is wrong with the machine, and which of the runs did it cannot be told any more.</summary>
    private void RecordOnce(ChildFailure failure, int count, ObservationBatch into, int first)
    {
        if (failure.Kind == FailureKind.TookTooLong) return; // many runs, or a busy machine: each alone was in time
        Record(failure with { Message = $"{failure.Message}\n(in one of runs {first + 1} to {first + count}; each alone was answered)" }, into, first);
    }
}

/// <summary>The same, of a machine with threads.</summary>
internal sealed class ContendedPluginProgram(PluginTarget target, LoadRequest request) : PluginProgram(target, request), IContendedProgram
{
    public ulong RunTogether(ReadOnlySpan<RunInput> inputs, int map, ObservationBatch into)
    {
        for (int kills = 0; ; kills++)
        {
            ChildFailure? failure = Target.RunTogether(this, inputs, map, into, out ulong cell);
            if (failure is null) return cell;
            if (failure.Kind == FailureKind.WasKilled && kills < PluginTarget.MaxKills) continue;
            for (int i = 0; i < inputs.Length; i++) Record(failure, into, i);
            return 0;
        }
    }
}
