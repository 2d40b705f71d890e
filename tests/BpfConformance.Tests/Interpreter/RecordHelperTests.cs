using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Interpreter;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>What a sanitised run knows of records in ring buffers and of dynamic pointers, where the kernel would not load the program.</summary>
[TestFixture]
public sealed class RecordHelperTests
{
    private static readonly ImmutableArray<MapDefinition> s_maps =
    [
        new("r", MapType.Ringbuf, 0, 0, 4096),
        new("v", MapType.Array, 4, 16, 1),
        new("u", MapType.UserRingbuf, 0, 0, 4096) { Contents = [new MapEntry(default, new byte[] { 1, 2, 3, 4 })] },
    ];

    private const string Reserve = "r1 = map_by_idx(0) ll\nr2 = 16\nr3 = 0\ncall 131\nr7 = r0\n";
    private const string Submit = "r1 = r7\nr2 = 0\ncall 132\n";
    private const string Make = "r1 = map_val(map_by_idx(1)) + 0 ll\nr2 = 16\nr3 = 0\nr4 = r10\nr4 += -16\ncall 197\n";
    private const string ReadInto = "r1 = r10\nr1 += -32\nr2 = 8\nr3 = r10\nr3 += -16\nr4 = 0\nr5 = 0\ncall 201\n";
    private const string Drain = "r1 = map_by_idx(2) ll\nr2 = code_addr(each) ll\nr3 = 0\nr4 = 0\ncall 209\nexit\neach:\n";

    [TestCase("r0 = *(u8 *)(r7 + 16)", FaultKind.OutOfBoundsLoad)]
    [TestCase("r0 = *(u8 *)(r7 - 1)", FaultKind.InvalidPointer, Description = "an address of another region")]
    [TestCase("*(u8 *)(r7 + 16) = 1", FaultKind.OutOfBoundsStore)]
    [TestCase(Submit + "*(u8 *)(r7 + 0) = 1", FaultKind.OutOfBoundsStore, Description = "it was given back")]
    [TestCase(Submit + Submit, FaultKind.InvalidPointer, Description = "given back twice")]
    [TestCase("r7 += 8\n" + Submit, FaultKind.InvalidPointer, Description = "not the beginning")]
    public void Reservation_UsedWrongly_Faults(string use, FaultKind fault) => Assert.That(Fault(Reserve + use), Is.EqualTo(fault));

    [Test]
    public void Reservation_NotWritten_IsKnownToNobody()
    {
        using TestMachine machine = Run(Reserve + "r8 = *(u64 *)(r7 + 8)\n*(u64 *)(r7 + 0) = 1\nr9 = *(u64 *)(r7 + 0)\n" + Submit + "r0 = 0\nexit");

        Assert.That(machine.End, Is.EqualTo(RunEnd.Returned));
        Assert.That((machine.Provenance(8), machine.Provenance(9)), Is.EqualTo((Provenance.Volatile, Provenance.Scalar)));
    }

    [Test]
    public void Reservations_MoreThanThereAreRegionsFor_AreAMachinesOwn()
    {
        string one = "r1 = map_by_idx(0) ll\nr2 = 0\nr3 = 0\ncall 131\n";
        using TestMachine most = Run(string.Concat(Enumerable.Repeat(one, 16)) + "r0 = 0\nexit");
        using TestMachine more = Run(string.Concat(Enumerable.Repeat(one, 17)) + "r0 = 0\nexit");

        Assert.That((most.VolatileFlowPc, more.VolatileFlowPc), Is.EqualTo((-1, Machine.UnknownPc)));
    }

    [TestCase(Make + "r0 = *(u64 *)(r10 - 16)", FaultKind.UninitializedStack, Description = "its bytes are not read")]
    [TestCase(Make + "r0 = *(u8 *)(r10 - 1)", FaultKind.UninitializedStack)]
    [TestCase(ReadInto, FaultKind.InvalidPointer, Description = "none was made")]
    [TestCase("*(u64 *)(r10 - 16) = 0\n*(u64 *)(r10 - 8) = 0\n" + ReadInto, FaultKind.InvalidPointer, Description = "plain bytes")]
    [TestCase(Make + "*(u8 *)(r10 - 3) = 0\n" + ReadInto, FaultKind.InvalidPointer, Description = "it was written over")]
    [TestCase(Make + "r1 = r10\nr1 += -16\nr2 = 0\ncall 199", FaultKind.InvalidPointer, Description = "no record")]
    [TestCase(Drain + "r2 = *(u64 *)(r1 + 0)", FaultKind.UninitializedStack, Description = "bytes of one that is given")]
    [TestCase(Drain + "*(u64 *)(r1 + 0) = 0", FaultKind.OutOfBoundsStore, Description = "it is given to be used")]
    [TestCase(Drain + "r2 = 0\ncall 199", FaultKind.InvalidPointer, Description = "it is not given back")]
    [TestCase(Drain + "r2 = 0\nr3 = 1\ncall 203\nr1 = r0\nr2 = 0\ncall 132", FaultKind.InvalidPointer, Description = "a sample is no record that was reserved")]
    public void Dynptr_UsedWrongly_Faults(string use, FaultKind fault) => Assert.That(Fault(use), Is.EqualTo(fault));

    [Test]
    public void DynptrRead_Refused_LeavesWhatWasThere()
    {
        using TestMachine machine = Run(Make + ReadInto.Replace("r4 = 0", "r4 = 9", StringComparison.Ordinal) + "r8 = *(u64 *)(r10 - 32)\nr0 = 0\nexit");

        Assert.That((machine.End, machine.Provenance(8)), Is.EqualTo((RunEnd.Returned, Provenance.Volatile)));
    }

    private static FaultKind Fault(string text)
    {
        using TestMachine machine = Run(text + "\nr0 = 0\nexit");
        return machine.End.Fault;
    }

    private static TestMachine Run(string text)
    {
        var machine = new TestMachine(text, HandlerTable.Sanitized, maps: s_maps);
        machine.Run();
        return machine;
    }
}
