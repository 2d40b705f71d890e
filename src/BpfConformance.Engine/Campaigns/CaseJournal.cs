using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Generation;

namespace BpfConformance.Engine.Campaigns;

/// <summary>What a worker was doing with a case.</summary>
public enum CaseStage
{
    /// <summary>Nothing: it is between two.</summary>
    None,
    Generating,
    Running,

    /// <summary>It has run, and its finding is looked into.</summary>
    Filing,
}

/// <summary>What a journal says.</summary>
/// <param name="Range">What was begun last.</param>
/// <param name="Case">What was begun last of it.</param>
/// <param name="Stage">How far that has come.</param>
/// <param name="Target">Of one that is made, by its place among the targets, who has it; beyond them: none has.</param>
/// <param name="Program">Of one that is made its instructions, as many as the journal holds.</param>
public sealed record JournalEntry(CaseRange Range, CaseId Case, CaseStage Stage, int Target, ReadOnlyMemory<byte> Program);

/// <summary>
/// The case that a worker has in hand, in memory that it shares with a file: whatever ends the worker, the file says what it was doing. Only
/// what <see cref="BeginRange"/> and <see cref="BeginCase"/> were told to keep is still there when the machine itself goes down.
/// </summary>
public sealed class CaseJournal : IDisposable
{
    private const ulong Magic = 0x316c6e6a66637062; // "bpcfjnl1"
    private const int FileBytes = 1 << 16;

    private const int MagicAt = 0;
    private const int NumberAt = 8;
    private const int FirstAt = 16;
    private const int CountAt = 24;
    private const int CarefulAt = 28;
    private const int SeedAt = 32;
    private const int IndexAt = 40;
    private const int BegunAt = 48;
    private const int StageAt = 56;
    private const int ProgramLengthAt = 60;
    private const int TargetAt = 64;
    private const int EndAskedAt = 68;
    private const int AskedAt = 72;
    private const int ProfileAt = 80;
    private const int ProfileBytes = 48;
    private const int ProgramAt = ProfileAt + ProfileBytes;

    private const int NoTarget = int.MaxValue;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <param name="path">Of its file, which is made if there is none.</param>
    public CaseJournal(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, mapName: null, FileBytes);
        _view = _file.CreateViewAccessor(0, FileBytes);
    }

    /// <summary>The names of all that are asked, in their places.</summary>
    public ImmutableArray<string> Targets { get; init; } = [];

    /// <summary>What was begun since the file was made, cases and their filing: as long as it stays the same, so does what is in hand.</summary>
    public long Begun => _view.ReadInt64(BegunAt);

    /// <summary>How far the case in hand has come.</summary>
    public CaseStage Stage => _view.ReadInt32(StageAt) is >= (int)CaseStage.None and <= (int)CaseStage.Filing and var stage ? (CaseStage)stage : CaseStage.None;

    /// <summary>Who has the case, by its place among the targets; beyond them: nobody has.</summary>
    public int Target => _view.ReadInt32(TargetAt);

    /// <summary>How often that has changed: as long as it stays the same, so does who has it.</summary>
    public long Asked => _view.ReadInt64(AskedAt);

    /// <summary>What it says; <c>null</c>: no range was ever begun.</summary>
    public JournalEntry? Entry
    {
        get
        {
            if (_view.ReadUInt64(MagicAt) != Magic) return null;
            var name = new byte[ProfileBytes];
            _view.ReadArray(ProfileAt, name, 0, ProfileBytes);
            string profile = Encoding.UTF8.GetString(name).TrimEnd('\0');
            var range = new CaseRange(_view.ReadInt64(NumberAt), profile, _view.ReadInt64(FirstAt), _view.ReadInt32(CountAt)) { IsCareful = _view.ReadInt32(CarefulAt) != 0 };
            CaseStage stage = Stage;
            var program = new byte[stage is CaseStage.Running or CaseStage.Filing ? Math.Clamp(_view.ReadInt32(ProgramLengthAt), 0, FileBytes - ProgramAt) : 0];
            _view.ReadArray(ProgramAt, program, 0, program.Length);
            return new JournalEntry(range, range.Id(_view.ReadUInt64(SeedAt), _view.ReadInt64(IndexAt)), stage, Target, program);
        }
    }

    /// <summary>Whether whoever writes it is asked to begin no case any more.</summary>
    public bool IsEndAsked => _view.ReadInt32(EndAskedAt) != 0;

    /// <summary>Asks whoever writes it to begin no case any more: it hears that in the middle of a range.</summary>
    public void AskToEnd() => _view.Write(EndAskedAt, 1);

    /// <summary>Nothing was begun that is not done, and nothing is asked.</summary>
    public void Clear()
    {
        _view.Write(MagicAt, 0ul);
        _view.Write(EndAskedAt, 0);
    }

    /// <param name="range">What is begun.</param>
    /// <param name="seed">Of the campaign.</param>
    /// <param name="isKept">Whether it is on the disk when this returns.</param>
    public void BeginRange(CaseRange range, ulong seed, bool isKept)
    {
        var name = new byte[ProfileBytes];
        Encoding.UTF8.GetBytes(range.Profile, name);
        _view.Write(StageAt, (int)CaseStage.None);
        _view.Write(NumberAt, range.Number);
        _view.Write(FirstAt, range.First);
        _view.Write(CountAt, range.Count);
        _view.Write(CarefulAt, range.IsCareful ? 1 : 0);
        _view.Write(SeedAt, seed);
        _view.Write(IndexAt, range.First);
        _view.WriteArray(ProfileAt, name, 0, ProfileBytes);
        _view.Write(MagicAt, Magic);
        if (isKept) _view.Flush();
    }

    /// <summary>A case is made next.</summary>
    public void BeginCase(long index)
    {
        _view.Write(IndexAt, index);
        Enter(CaseStage.Generating);
    }

    /// <summary>It is made, and runs next.</summary>
    /// <param name="program">Its instructions.</param>
    /// <param name="isKept">Whether it is on the disk when this returns.</param>
    public void Run(ReadOnlySpan<Instruction> program, bool isKept)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(program);
        bytes = bytes[..Math.Min(bytes.Length, FileBytes - ProgramAt)];
        _view.Write(ProgramLengthAt, bytes.Length);
        _view.SafeMemoryMappedViewHandle.WriteSpan(ProgramAt, bytes);
        _view.Write(TargetAt, NoTarget);
        _view.Write(StageAt, (int)CaseStage.Running);
        if (isKept) _view.Flush();
    }

    /// <summary>Somebody gets the case: the name of a target; <c>null</c>: nobody has it any more.</summary>
    public void Ask(string? target)
    {
        _view.Write(TargetAt, target is not null && Targets.IndexOf(target) is >= 0 and var place ? place : NoTarget);
        _view.Write(AskedAt, Asked + 1);
    }

    /// <summary>A finding of it is looked into.</summary>
    public void BeginFiling() => Enter(CaseStage.Filing);

    /// <summary>It was.</summary>
    public void EndFiling() => Enter(CaseStage.Running);

    /// <summary>The range is done.</summary>
    public void EndRange() => _view.Write(StageAt, (int)CaseStage.None);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>Who sees the stage sees that it was begun.</summary>
    private void Enter(CaseStage stage)
    {
        _view.Write(BegunAt, Begun + 1);
        _view.Write(StageAt, (int)stage);
    }
}
