using BpfConformance.Abi.Maps;
using BpfConformance.Runtime.Maps;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel.Maps;

/// <summary>Which kinds of maps random sequences are about is said in one place, and is so.</summary>
[TestFixture]
public sealed class SequencedKindsTests
{
    [Test]
    public void Of_EveryKind_NamesATestOrSaysWhyThereIsNone([Values] MapType type)
    {
        SequencedKind kind = SequencedKinds.Of(type);

        if (kind.Test is null) Assert.That(kind.Limits, Is.Not.Empty);
        else Assert.That(MapFactory.Types, Does.Contain(type));
    }

    [Test]
    public void Of_AKindOfMapSequences_IsOneOfTheirs()
    {
        MapType[] stated = [.. Enum.GetValues<MapType>().Where(type => SequencedKinds.Of(type).Test == typeof(MapSequenceTests))];

        Assert.That(MapKind.All.Select(kind => kind.Type).Distinct(), Is.EquivalentTo(stated));
    }
}
