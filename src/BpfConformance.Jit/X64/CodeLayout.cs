using System.Runtime.CompilerServices;

namespace BpfConformance.Jit.X64;

/// <summary>
/// Labels, and the jumps and calls that lead to them. Jumps are emitted long; then those that need not be are shortened until no
/// more can be, which only brings others closer; then the code is copied to where it will run. Arrays are kept from program to program.
/// </summary>
internal sealed unsafe class CodeLayout
{
    private const byte CallBytes = 5;
    private const byte LongJumpBytes = 5;
    private const byte LongConditionalBytes = 6;
    private const int ShortBytes = 2;

    // Any real program needs three or four; one that is made to need a round for each jump gets no further.
    private const int MaxRounds = 64;

    private Site[] _sites = new Site[64];
    private Place[] _places = new Place[64];
    private int[] _saved = new int[64];
    private int _siteCount;
    private int _labelCount;

    private enum SiteKind : byte
    {
        Jump,
        Conditional,
        Call,

        /// <summary>To code of another program's: the shared routines.</summary>
        FarCall,
    }

    /// <summary>Bytes of the code after <see cref="Shorten"/>.</summary>
    public int CodeBytes { get; private set; }

    /// <summary>Begins again, with labels 0 to <paramref name="labels"/> − 1.</summary>
    public void Clear(int labels)
    {
        (_siteCount, _labelCount) = (0, labels);
        if (_places.Length < labels) _places = new Place[Math.Max(labels, 2 * _places.Length)];
    }

    public int NewLabel()
    {
        if (_labelCount == _places.Length) Array.Resize(ref _places, 2 * _places.Length);
        return _labelCount++;
    }

    /// <summary>Says where a label is: here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Put(int label, in Emitter code) => _places[label] = new Place(code.Position, _siteCount);

    /// <summary>Puts a label where another one is.</summary>
    public void PutAs(int label, int other) => _places[label] = _places[other];

    public void Jump(ref Emitter code, int label)
    {
        Add(SiteKind.Jump, code.Position, label);
        code.JumpNear();
    }

    public void JumpIf(ref Emitter code, X64Condition condition, int label)
    {
        Add(SiteKind.Conditional, code.Position, label);
        code.JumpNear(condition);
    }

    public void Call(ref Emitter code, int label)
    {
        Add(SiteKind.Call, code.Position, label);
        code.CallNear();
    }

    /// <summary>Calls a shared routine.</summary>
    public void Call(ref Emitter code, SharedRoutine routine)
    {
        Add(SiteKind.FarCall, code.Position, (int)routine);
        code.CallNear();
    }

    /// <summary>Decides which jumps are short.</summary>
    public void Shorten(in Emitter code)
    {
        if (_saved.Length <= _siteCount) _saved = new int[2 * _siteCount];
        _saved.AsSpan(0, _siteCount + 1).Clear();
        for (int round = 0; round < MaxRounds && ShortenOnce(); round++) { }
        CodeBytes = code.Position - _saved[_siteCount];
    }

    /// <summary>Where a label is in the shortened code.</summary>
    public int FinalOf(int label) => _places[label].Position - _saved[_places[label].Sites];

    /// <summary>Copies the code to where it can be written and fills in all distances for where it will run.</summary>
    /// <param name="code">What was emitted.</param>
    /// <param name="writable">Where to.</param>
    /// <param name="executable">The same place, as it will run.</param>
    /// <param name="shared">The shared routines, unless none is called.</param>
    public void Copy(in Emitter code, byte* writable, byte* executable, SharedCode? shared)
    {
        int from = 0;
        byte* to = writable;
        for (int n = 0; n < _siteCount; n++)
        {
            ref readonly Site site = ref _sites[n];
            Unsafe.CopyBlockUnaligned(to, code.Bytes + from, (uint)(site.Position - from));
            to += site.Position - from;
            int length = site.Length;
            from = site.Position + length;
            byte* end = executable + (to - writable) + (site.IsShort ? ShortBytes : length);
            byte* target = site.Kind == SiteKind.FarCall ? shared!.AddressOf((SharedRoutine)site.Target) : executable + FinalOf(site.Target);
            to = Write(site, code.Bytes + site.Position, to, (int)(target - end));
        }

        Unsafe.CopyBlockUnaligned(to, code.Bytes + from, (uint)(code.Position - from));
    }

    private static byte* Write(in Site site, byte* original, byte* to, int distance)
    {
        if (site.IsShort)
        {
            // EB, and for a condition 70 + cc where the long form is 0F 80 + cc.
            to[0] = site.Kind == SiteKind.Jump ? (byte)0xeb : (byte)(original[1] - 0x10);
            to[1] = (byte)distance;
            return to + ShortBytes;
        }

        int opcodeBytes = site.Length - sizeof(int);
        Unsafe.CopyBlockUnaligned(to, original, (uint)opcodeBytes);
        Unsafe.WriteUnaligned(to + opcodeBytes, distance);
        return to + site.Length;
    }

    private bool ShortenOnce()
    {
        // What is saved up to here is known anew, and what behind it of the round before.
        bool changed = false;
        int saved = 0;
        for (int n = 0; n < _siteCount; n++)
        {
            ref Site site = ref _sites[n];
            int newlySaved = saved - _saved[n];
            _saved[n] = saved;
            if (site.CanBeShort)
            {
                int distance = FinalOf(site.Target) - (site.Position - saved + ShortBytes);
                // A jump forward also spans what this one and those before it save, so its target comes closer by as much.
                if (_places[site.Target].Sites > n) distance -= newlySaved + site.Length - ShortBytes;
                if (distance == (sbyte)distance)
                {
                    site.IsShort = changed = true;
                    site.CanBeShort = false;
                }
            }

            if (site.IsShort) saved += site.Length - ShortBytes;
        }

        _saved[_siteCount] = saved;
        return changed;
    }

    private void Add(SiteKind kind, int position, int target)
    {
        if (_siteCount == _sites.Length) Array.Resize(ref _sites, 2 * _sites.Length);
        _sites[_siteCount++] = new Site(position, target, kind);
    }

    /// <summary>A jump or call in the code as it was emitted.</summary>
    private struct Site(int position, int target, SiteKind kind)
    {
        public readonly int Position = position;

        /// <summary>A label, or a shared routine.</summary>
        public readonly int Target = target;

        public readonly SiteKind Kind = kind;

        /// <summary>Bytes as emitted.</summary>
        public readonly byte Length = kind == SiteKind.Conditional ? LongConditionalBytes : kind == SiteKind.Jump ? LongJumpBytes : CallBytes;

        /// <summary>Whether it was not found yet that it can.</summary>
        public bool CanBeShort = kind is SiteKind.Jump or SiteKind.Conditional;
        public bool IsShort;
    }

    /// <summary>Where a label is: its position as emitted, and how many sites lie before it.</summary>
    private readonly record struct Place(int Position, int Sites);
}
