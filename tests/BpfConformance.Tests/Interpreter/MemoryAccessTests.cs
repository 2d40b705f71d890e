using System.Collections.Immutable;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Interpreter;
using BpfConformance.Loading.Assembly;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>Loads, stores and wide instructions, on both machines.</summary>
[TestFixture]
public sealed class MemoryAccessTests
{
    /// <summary>Bytes 0x80, 0x81, … 0x9f: every one has its highest bit set.</summary>
    private static readonly byte[] s_data = [.. Enumerable.Range(0x80, 32).Select(value => (byte)value)];

    private static readonly HandlerTable[] s_tables = [HandlerTable.Checked, HandlerTable.Sanitized];

    [TestCase("r0 = *(u8 *)(r1 + 0)", 0x80ul)]
    [TestCase("r0 = *(u8 *)(r1 + 31)", 0x9ful)]
    [TestCase("r0 = *(u16 *)(r1 + 0)", 0x8180ul)]
    [TestCase("r0 = *(u16 *)(r1 + 1)", 0x8281ul)]
    [TestCase("r0 = *(u16 *)(r1 + 30)", 0x9f9eul)]
    [TestCase("r0 = *(u32 *)(r1 + 0)", 0x83828180ul)]
    [TestCase("r0 = *(u32 *)(r1 + 3)", 0x86858483ul)]
    [TestCase("r0 = *(u32 *)(r1 + 28)", 0x9f9e9d9cul)]
    [TestCase("r0 = *(u64 *)(r1 + 0)", 0x8786858483828180ul)]
    [TestCase("r0 = *(u64 *)(r1 + 5)", 0x8c8b8a8988878685ul)]
    [TestCase("r0 = *(u64 *)(r1 + 24)", 0x9f9e9d9c9b9a9998ul)]
    [TestCase("r0 = *(s8 *)(r1 + 2)", 0xffffffffffffff82ul)]
    [TestCase("r0 = *(s16 *)(r1 + 3)", 0xffffffffffff8483ul)]
    [TestCase("r0 = *(s32 *)(r1 + 4)", 0xffffffff87868584ul)]
    [TestCase("r0 = load_acquire((u8 *)(r1 + 1))", 0x81ul)]
    [TestCase("r0 = load_acquire((u16 *)(r1 + 2))", 0x8382ul)]
    [TestCase("r0 = load_acquire((u32 *)(r1 + 4))", 0x87868584ul)]
    [TestCase("r0 = load_acquire((u64 *)(r1 + 8))", 0x8f8e8d8c8b8a8988ul)]
    [TestCase("r1 += 16\nr0 = *(u16 *)(r1 - 16)", 0x8180ul)]
    [TestCase("r1 += 32\nr0 = *(u8 *)(r1 - 1)", 0x9ful)]
    [TestCase("r2 = r1\nr2 += 32767\nr0 = *(u8 *)(r2 - 32767)", 0x80ul)]
    [TestCase("r2 = r1\nr2 += -32767\nr0 = *(u8 *)(r2 + 32767)", 0x80ul)]
    [TestCase("r1 = *(u32 *)(r1 + 0)\nr0 = r1", 0x83828180ul, Description = "dst is the address")]
    [TestCase("r0 = -1\nr0 = *(u8 *)(r1 + 0)", 0x80ul, Description = "nothing of the old value stays")]
    public void Load_OfEachSize_ReadsLittleEndianAndExtends(string load, ulong expected)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(load + "\nexit", table, s_data.Length);
            Assert.That(machine.Run(s_data), Is.EqualTo(RunEnd.Returned));
            Assert.That(machine.R0, Is.EqualTo(expected));
            Assert.That(machine.Data, Is.EqualTo(s_data));
        }
    }

    [TestCase("r0 = *(s8 *)(r1 + 0)", 0x7ful)]
    [TestCase("r0 = *(s16 *)(r1 + 0)", 0x7f7ful)]
    [TestCase("r0 = *(s32 *)(r1 + 0)", 0x7f7f7f7ful)]
    public void SignExtendingLoad_OfAPositiveValue_ClearsTheRest(string load, ulong expected)
    {
        using var machine = new TestMachine($"r0 = -1\n{load}\nexit");
        machine.Run([0x7f, 0x7f, 0x7f, 0x7f, 0xff, 0xff, 0xff, 0xff]);
        Assert.That(machine.R0, Is.EqualTo(expected));
    }

    [TestCase("*(u8 *)(r1 + 3) = r2", "000000ef0000000000000000000000000000000000000000")]
    [TestCase("*(u16 *)(r1 + 3) = r2", "000000efcd00000000000000000000000000000000000000")]
    [TestCase("*(u32 *)(r1 + 5) = r2", "0000000000efcdab89000000000000000000000000000000")]
    [TestCase("*(u64 *)(r1 + 7) = r2", "00000000000000efcdab8967452301000000000000000000")]
    [TestCase("*(u64 *)(r1 + 16) = r2", "00000000000000000000000000000000efcdab8967452301")]
    [TestCase("*(u8 *)(r1 + 23) = 511", "0000000000000000000000000000000000000000000000ff")]
    [TestCase("*(u16 *)(r1 + 0) = -2", "feff00000000000000000000000000000000000000000000")]
    [TestCase("*(u32 *)(r1 + 1) = -2", "00feffffff00000000000000000000000000000000000000")]
    [TestCase("*(u64 *)(r1 + 8) = -2", "0000000000000000feffffffffffffff0000000000000000", Description = "sign-extended")]
    [TestCase("*(u64 *)(r1 + 8) = 2147483647", "0000000000000000ffffff7f000000000000000000000000")]
    [TestCase("store_release((u8 *)(r1 + 1), r2)", "00ef00000000000000000000000000000000000000000000")]
    [TestCase("store_release((u16 *)(r1 + 2), r2)", "0000efcd0000000000000000000000000000000000000000")]
    [TestCase("store_release((u32 *)(r1 + 4), r2)", "00000000efcdab8900000000000000000000000000000000")]
    [TestCase("store_release((u64 *)(r1 + 8), r2)", "0000000000000000efcdab89674523010000000000000000")]
    [TestCase("r1 += 24\n*(u16 *)(r1 - 3) = r2", "000000000000000000000000000000000000000000efcd00")]
    public void Store_OfEachSize_ChangesOnlyItsBytes(string store, string expected)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine($"r2 = 0x0123456789abcdef ll\nr0 = 7\n{store}\nexit", table, 24);
            Assert.That(machine.Run(new byte[24]), Is.EqualTo(RunEnd.Returned));
            Assert.That(Convert.ToHexStringLower(machine.Data), Is.EqualTo(expected));
            Assert.That(machine.Register(2), Is.EqualTo(0x0123456789abcdeful));
            Assert.That(machine.R0, Is.EqualTo(7));
        }
    }

    [TestCase("r0 = *(u8 *)(r1 + 24)", FaultKind.OutOfBoundsLoad)]
    [TestCase("r0 = *(u16 *)(r1 + 23)", FaultKind.OutOfBoundsLoad)]
    [TestCase("r0 = *(u64 *)(r1 + 17)", FaultKind.OutOfBoundsLoad)]
    [TestCase("r0 = *(u64 *)(r1 + 32767)", FaultKind.OutOfBoundsLoad)]
    [TestCase("*(u8 *)(r1 + 24) = 1", FaultKind.OutOfBoundsStore)]
    [TestCase("*(u64 *)(r1 + 17) = r2", FaultKind.OutOfBoundsStore)]
    [TestCase("lock *(u64 *)(r1 + 24) += r2", FaultKind.OutOfBoundsStore)]
    [TestCase("lock *(u32 *)(r1 + 24) += w2", FaultKind.OutOfBoundsStore)]
    [TestCase("lock *(u64 *)(r1 + 4) += r2", FaultKind.MisalignedAtomic)]
    [TestCase("lock *(u32 *)(r1 + 2) += w2", FaultKind.MisalignedAtomic)]
    [TestCase("r0 = cmpxchg_64(r1 + 1, r0, r2)", FaultKind.MisalignedAtomic)]
    [TestCase("r0 = load_acquire((u16 *)(r1 + 1))", FaultKind.MisalignedAtomic)]
    [TestCase("store_release((u64 *)(r1 + 4), r2)", FaultKind.MisalignedAtomic)]
    [TestCase("r0 = *(u8 *)(r10 + 0)", FaultKind.OutOfBoundsLoad)]
    [TestCase("*(u8 *)(r10 - 513) = 1", FaultKind.OutOfBoundsStore, Description = "sanitised: another region")]
    [TestCase("*(u64 *)(r10 - 4) = r2", FaultKind.OutOfBoundsStore)]
    public void Access_OutsideOrMisaligned_FaultsAtItsPcAndChangesNothing(string access, FaultKind fault)
    {
        bool leavesRegion = access.Contains("513", StringComparison.Ordinal);
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine($"r2 = 1\nr0 = 5\n{access}\nr0 = 6\nr0 = 7\nexit", table, 24);
            FaultKind expected = table.IsSanitized && leavesRegion ? FaultKind.InvalidPointer : fault;
            Assert.That(machine.Run(new byte[24]), Is.EqualTo(RunEnd.Faulted(expected, 2)));
            Assert.That(machine.Executed, Is.EqualTo(3), "two moves and the instruction that faults");
            Assert.That(machine.R0, Is.EqualTo(5));
            Assert.That(machine.Data, Is.EqualTo(new byte[24]));
        }
    }

    [Test]
    public void Access_ByAnyNumber_NeverLeavesTheMachine()
    {
        using var machine = new TestMachine("r2 = *(u64 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 0)\nr0 = 0\nexit");
        foreach (ulong address in EdgeLattice.Values)
        {
            RunEnd end = machine.Run(BitConverter.GetBytes(address));
            // Regions begin at 2^32, with the memory; the stack of the first frame is the fourth.
            bool exists = address is >= 0x1_0000_0000 and < 0x1_0000_0008 or >= 0x4_0000_0000 and < 0x4_0000_0200;
            Assert.That(
                end,
                Is.EqualTo(exists ? RunEnd.Returned : RunEnd.Faulted(FaultKind.OutOfBoundsLoad, 1)), $"{address:x}");
        }
    }

    [Test]
    public void Atomic_AddressAsSource_UsesTheAddressAsValue()
    {
        // dst == src: the value added is the address, and FETCH overwrites the address with the old value.
        const string Text = """
            r2 = r1
            r1 = atomic_fetch_add((u64 *)(r1 + 8), r1)
            r0 = r1
            r3 = *(u64 *)(r2 + 8)
            r3 -= r2
            exit
            """;
        using var machine = new TestMachine(Text);
        byte[] data = new byte[16];
        data[8] = 42;
        Assert.That(machine.Run(data), Is.EqualTo(RunEnd.Returned));
        Assert.That((machine.R0, machine.Register(3)), Is.EqualTo((42ul, 42ul)));
    }

    [TestCase("r0 = 0x0 ll", 0ul)]
    [TestCase("r0 = 0x1122334455667788 ll", 0x1122334455667788ul)]
    [TestCase("r0 = 0xffffffff ll", 0xfffffffful, Description = "the low half is not sign-extended")]
    [TestCase("r0 = 0x8000000000000000 ll", 0x8000000000000000ul)]
    [TestCase("r0 = -1 ll", ulong.MaxValue)]
    public void LoadImm64_Number_IsBothHalves(string load, ulong expected)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(load + "\nexit", table);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
            Assert.That((machine.R0, machine.Executed), Is.EqualTo((expected, 2L)), "a wide instruction counts once");
        }
    }

    [Test]
    public void LoadImm64_MapValues_AreSeparateAndWritable()
    {
        const string Text = """
            r1 = map_val(map_by_fd(0)) + 8 ll
            r2 = map_val(map_by_idx(2)) ll
            *(u64 *)(r1 + 0) = 5
            *(u32 *)(r2 + 0) = 7
            r0 = *(u64 *)(r1 - 8)
            r3 = *(u64 *)(r1 + 0)
            r4 = *(u32 *)(r2 + 0)
            r0 += r3
            r0 <<= 8
            r0 += r4
            exit
            """;
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(Text, table, maps: s_maps);
            for (int run = 0; run < 2; run++)
            {
                Assert.That(machine.Run(), Is.EqualTo(RunEnd.Returned));
                Assert.That(machine.R0, Is.EqualTo(0x507), "each run begins with values of zero");
            }
        }
    }

    [TestCase("r1 = map_val(map_by_fd(0)) + 8 ll\nr0 = *(u64 *)(r1 + 1)", FaultKind.OutOfBoundsLoad)]
    [TestCase("r1 = map_by_fd(1) ll\nr0 = *(u8 *)(r1 + 0)", FaultKind.OutOfBoundsLoad)]
    [TestCase("r1 = code_addr(pc+1) ll\nr0 = *(u8 *)(r1 + 0)", FaultKind.OutOfBoundsLoad)]
    public void LoadImm64_Address_GivesNoMoreThanItsValue(string text, FaultKind fault)
    {
        foreach (HandlerTable table in s_tables)
        {
            using var machine = new TestMachine(text + "\nexit", table, maps: s_maps);
            Assert.That(machine.Run(), Is.EqualTo(RunEnd.Faulted(fault, 2)));
        }
    }

    [TestCase("r1 = map_by_fd(3) ll", ReasonClass.InvalidMapReference)]
    [TestCase("r1 = map_by_idx(-1) ll", ReasonClass.InvalidMapReference)]
    [TestCase("r1 = map_val(map_by_fd(3)) ll", ReasonClass.InvalidMapReference)]
    [TestCase("r1 = map_val(map_by_fd(1)) ll", ReasonClass.InvalidMapReference, Description = "two entries")]
    [TestCase("r1 = map_val(map_by_fd(0)) + 16 ll", ReasonClass.InvalidMapReference)]
    [TestCase("r1 = map_val(map_by_idx(0)) - 1 ll", ReasonClass.InvalidMapReference)]
    [TestCase("r1 = var_addr(7) ll", ReasonClass.InvalidVariableReference)]
    [TestCase("call 0", ReasonClass.UnknownHelper)]
    [TestCase("call 212", ReasonClass.UnknownHelper)]
    [TestCase("call 22", ReasonClass.NotImplemented)]
    [TestCase("call kfunc#1", ReasonClass.UnknownKernelFunction)]
    [TestCase("r0 = *(u8 *)skb[0]", ReasonClass.UnknownOpcode)]
    [TestCase("r1 = addr_space_cast(r2, 0, 1)", ReasonClass.NotImplemented)]
    public void Load_OfWhatTheMachineHasNot_SaysSoWithThePc(string text, ReasonClass reason)
    {
        var program = Assembler.Assemble($"r0 = 0\n{text}\nexit").Instructions;
        using InterpretedProgram? loaded = InterpretedProgram.TryLoad(
            new BpfProgram([.. program]), s_maps, 8, HandlerTable.Checked, out ValidationError? error);
        Assert.That(loaded, Is.Null);
        Assert.That((error!.Reason, error.Pc), Is.EqualTo((reason, 1)));
    }

    private static readonly ImmutableArray<MapDefinition> s_maps =
    [
        new("first", MapType.Array, 4, 16, 1),
        new("two entries", MapType.Array, 4, 8, 2),
        new("small", MapType.Array, 4, 4, 1),
    ];
}
