using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Plugin;
using BpfConformance.Targets.Processes;

namespace BpfConformance.Targets.Campaigns;

/// <summary>A worker as a process of this program, which is spoken to in lines.</summary>
public sealed class CampaignWorker : ICampaignWorker
{
    /// <summary>For who has closed its output to end: who ends does both at once.</summary>
    private static readonly TimeSpan s_closing = TimeSpan.FromSeconds(1);

    private const int ShownOfALine = 200;

    private readonly ChildProcess _child;
    private readonly List<byte> _unsent = [];
    private bool _isKilled;

    /// <param name="arguments">Of this program, the verb first.</param>
    /// <param name="journal">What its journal is; disposed with it.</param>
    /// <param name="hasNamespaces">Whether it has network, mounts, control groups and processes of its own: what programs do to the kernel then goes away with it.</param>
    /// <exception cref="TargetException">It cannot be started.</exception>
    public CampaignWorker(ImmutableArray<string> arguments, CaseJournal journal, bool hasNamespaces)
    {
        Journal = journal;
        ChildCommand command = WorkerCommand.Of(arguments);
        _child = ChildProcess.Start(hasNamespaces ? Namespaces.Around(command) : command, StrayProcesses.NewMark());
    }

    public CaseJournal Journal { get; }

    public WorkerEnd? End
    {
        get
        {
            if (_child.Received.Waiting.Contains((byte)'\n') || !_child.HasClosedOutput) return null;
            ChildEnd? end = _child.WaitForEnd(Deadline.After(s_closing));
            return end is { } known
                ? new WorkerEnd($"{known}", known.Word, _child.KeptErrors)
                : new WorkerEnd("closed its output and went on", "no output", _child.KeptErrors);
        }
    }

    public void Send(CaseRange range)
    {
        _unsent.AddRange(JsonSerializer.SerializeToUtf8Bytes(range, CampaignJson.Default.CaseRange));
        _unsent.Add((byte)'\n');
    }

    public WorkerMessage? Receive(TimeSpan limit)
    {
        var deadline = Deadline.After(limit);
        while (true)
        {
            if (NextLine() is { } line) return WorkerMessage.TryRead(line) ?? throw new MessageException($"said what is no message: {line[..Math.Min(line.Length, ShownOfALine)]}");
            if (_isKilled || _child.HasClosedOutput || deadline.IsOver) return null;
            int sent = _child.Exchange(_unsent.ToArray(), deadline);
            _unsent.RemoveRange(0, sent);
        }
    }

    public void Kill()
    {
        _isKilled = true;
        _child.Kill();
    }

    public void Dispose()
    {
        _child.Dispose();
        Journal.Dispose();
    }

    private string? NextLine()
    {
        int length = _child.Received.Waiting.IndexOf((byte)'\n');
        if (length < 0)
        {
            return _child.Received.Waiting.Length <= WorkerMessage.MaxLength ? null : throw new MessageException("said more at once than a message has");
        }

        string line = Encoding.UTF8.GetString(_child.Received.Waiting[..length]);
        _child.Received.Take(length + 1);
        return line;
    }
}
