using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Runtime.Maps;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Random operations on a map, by programs and user space.</summary>
internal sealed class StepGenerator
{
    private const int KnownValues = 4;

    /// <summary>The kernel waits for all programs after every change of a map of maps (maybe_wait_bpf_programs): one in so many is done.</summary>
    private const int SlowOneIn = 5;

    private static readonly ulong[] s_wrongFlags = [3, 4, 5, 6, 1 << 16, 1ul << 32, 1ul << 63, ulong.MaxValue];

    private readonly Random _random;
    private readonly MapSequence _about;
    private readonly MapDeed[] _deeds;
    private readonly KeyPool _keys;
    private readonly KeyPool? _innerKeys;
    private readonly byte[][] _values;

    /// <param name="random">Decides everything.</param>
    /// <param name="about">The kind and the maps.</param>
    public StepGenerator(Random random, MapSequence about)
    {
        (_random, _about) = (random, about);
        _deeds = about.Kind.AllowedIn(about.Map.Flags);
        _keys = new KeyPool(random, about.Kind.Keys, about.Map);
        _innerKeys = about.Kind.HoldsMaps ? new KeyPool(random, KeyShape.Bytes, about.Maps[0]) : null;
        _values = [.. Enumerable.Range(0, KnownValues * about.Map.MaxEntries).Select(_ => NewValue())];
    }

    public ImmutableArray<RunInput> Next(int count)
    {
        var steps = ImmutableArray.CreateBuilder<RunInput>(count);
        int freeze = _random.Next(20 * count);
        for (int i = 0; i < count; i++)
        {
            steps.Add(i == freeze ? new RunInput { Step = new MapStep(MapCommand.Freeze, _about.Subject, default, default) }
                : _deeds.Length > 0 && _random.Next(2) == 0 ? OfProgram()
                : new RunInput { Step = _innerKeys is null ? OfUser() : OfUserOfMaps() });
        }

        return steps.MoveToImmutable();
    }

    private RunInput OfProgram()
    {
        MapDeed deed = _deeds[_random.Next(_deeds.Length)];
        uint processor = _random.Next(8) == 0 ? 100_000 : (uint)_random.Next(Map.Processors);
        return new RunInput(_about.Layout.Write(deed, Flags(), processor, _keys.Any(), _innerKeys is null ? [] : _innerKeys.Any(), Value()));
    }

    private MapStep OfUser()
    {
        MapCommand command = _about.Kind.ByUser[_random.Next(_about.Kind.ByUser.Length)];
        byte[] key = _keys.Any();
        return command switch
        {
            MapCommand.Update => new MapStep(command, _about.Subject, key, Value(), Flags()),
            MapCommand.Lookup or MapCommand.LookupAndDelete => new MapStep(command, _about.Subject, key, LookedFor(), LookupFlags()),
            MapCommand.Delete or MapCommand.Freeze => new MapStep(command, _about.Subject, key, default),
            MapCommand.NextKey => new MapStep(command, _about.Subject, HasOrder ? _random.Next(4) > 0 ? key : default : default, default),
        };
    }

    /// <summary>The others are changes of maps that it may hold.</summary>
    private MapStep OfUserOfMaps()
    {
        bool isSlow = _random.Next(SlowOneIn) == 0;
        MapStep step = OfUser();
        bool isRemoved = step.Command == MapCommand.Delete && isSlow && _random.Next(4) == 0; // seldom, so that maps are found
        if (step.Command == MapCommand.Delete && !isRemoved) return OnInner(step);
        if (step.Command != MapCommand.Update) return step;
        if (!isSlow) return OnInner(step);
        ulong flags = _random.Next(3) == 0 ? step.Flags : UpdateFlags.Any;
        return step with { Value = BitConverter.GetBytes(_random.Next(8) == 0 ? 2 : _random.Next(2)), Flags = flags };
    }

    private MapStep OnInner(MapStep step) => new(
        step.Command,
        _random.Next(2),
        _innerKeys!.Any(), // only maps of maps come here, which have them
        step.Command == MapCommand.Update ? Value() : default,
        step.Flags);

    /// <summary>Whether the order of keys is laid down.</summary>
    private bool HasOrder => _about.Kind.Keys != KeyShape.Bytes || _about.Kind.HoldsDevices || _about.Map.Flags.HasFlag(MapFlags.ZeroSeed);

    /// <summary>A bloom filter is asked for a value.</summary>
    private byte[] LookedFor() => _about.Map.Type == MapType.BloomFilter ? Value() : [];

    private ulong Flags() => ChosenFlags() | (_about.Kind.HasLock && _random.Next(3) == 0 ? UpdateFlags.Lock : 0);

    private ulong ChosenFlags() => _random.Next(16) switch
    {
        < 8 => UpdateFlags.Any,
        < 11 => UpdateFlags.NoExist,
        < 15 => UpdateFlags.Exist,
        _ => s_wrongFlags[_random.Next(s_wrongFlags.Length)],
    };

    private ulong LookupFlags() => _about.Kind.HasLock && _random.Next(4) == 0 ? UpdateFlags.Lock : _random.Next(16) == 0 ? s_wrongFlags[_random.Next(s_wrongFlags.Length)] : 0;

    private byte[] Value() => _random.Next(2) == 0 ? _values[_random.Next(_values.Length)] : NewValue();

    private byte[] NewValue() => _about.Kind.NewValue(_random, _about.Layout.ValueBytes);
}
