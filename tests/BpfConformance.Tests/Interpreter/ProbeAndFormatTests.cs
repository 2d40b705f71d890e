using BpfConformance.Runtime.Memory;
using NUnit.Framework;

namespace BpfConformance.Tests.Interpreter;

/// <summary>What a sanitised run knows of reads that may fail, and what the helpers return that write to the kernel's trace.</summary>
[TestFixture]
public sealed class ProbeAndFormatTests
{
    private const string Room = "r6 = r1\n*(u64 *)(r10 - 8) = 5\nr1 = r10\nr1 += -16\nr2 = 8\n";

    [TestCase("r3 = r10\nr3 += -8", Provenance.Scalar, Provenance.Scalar, Description = "its own stack")]
    [TestCase("r3 = 0", Provenance.Scalar, Provenance.Scalar, Description = "nowhere")]
    [TestCase("r3 = r10\nr3 += -24", Provenance.Scalar, Provenance.Volatile, Description = "what nobody wrote")]
    [TestCase("r3 = r10\nr3 += -4", Provenance.Volatile, Provenance.Volatile, Description = "beyond its stack")]
    [TestCase("*(u64 *)(r10 - 8) = r6\nr3 = r10\nr3 += -8", Provenance.Scalar, Provenance.Volatile, Description = "an address")]
    [TestCase("r3 = 0x7f0000000000 ll", Provenance.Volatile, Provenance.Volatile, Description = "perhaps a process's")]
    [TestCase("r3 = 0xffff888000000000 ll", Provenance.Volatile, Provenance.Volatile, Description = "perhaps the kernel's")]
    public void ProbeReadKernel_OfAnAddress_KnowsWhatAllMachinesRead(string address, uint result, uint bytes)
    {
        using TestMachine machine = TestMachine.RunSanitized($"{Room}{address}\ncall probe_read_kernel\nr7 = *(u64 *)(r10 - 16)\nexit");

        Assert.That((machine.End, machine.Provenance(0), machine.Provenance(7)), Is.EqualTo((RunEnd.Returned, result, bytes)));
    }

    [TestCase("%d", 4, "r3 = 123", 3)]
    [TestCase("%%%x", 5, "r3 = 255", 3)]
    [TestCase("%d", 3, "r3 = -1", 2)]
    [TestCase("%q", 3, "r3 = 0", -22, Description = "no conversion")]
    [TestCase("%d", 2, "r3 = 0", -22, Description = "no zero")]
    public void TracePrintk_OfNumbers_ReturnsTheLength(string format, int bytes, string arguments, int expected)
    {
        ulong text = 0;
        for (int i = 0; i < format.Length; i++) text |= (ulong)format[i] << (8 * i);
        using TestMachine machine = TestMachine.RunSanitized(
            $"r1 = 0x{text:x} ll\n*(u64 *)(r10 - 8) = r1\nr1 = r10\nr1 += -8\nr2 = {bytes}\n{arguments}\ncall trace_printk\nexit");

        Assert.That((machine.End, (long)machine.R0, machine.Provenance(0)), Is.EqualTo((RunEnd.Returned, (long)expected, Provenance.Scalar)));
    }

    [TestCase(8, 2)]
    [TestCase(4, -22, Description = "half a number")]
    [TestCase(0, -22, Description = "no number")]
    public void TraceVprintk_OfNumbers_ReturnsTheLength(int bytes, int expected)
    {
        using TestMachine machine = TestMachine.RunSanitized(
            "*(u64 *)(r10 - 8) = 0x6425\n*(u64 *)(r10 - 16) = 42\nr1 = r10\nr1 += -8\nr2 = 8\nr3 = r10\nr3 += -16\n"
            + $"r4 = {bytes}\ncall trace_vprintk\nexit");

        Assert.That((machine.End, (long)machine.R0), Is.EqualTo((RunEnd.Returned, (long)expected)));
    }
}
