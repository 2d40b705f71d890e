using BpfConformance.Abi.Helpers;
using BpfConformance.Abi.Instructions;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;
using static BpfConformance.Tests.Targets.Kernel.Slots;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>
/// Holds kinds and flags of arguments, and kinds of results, against the complaints of this kernel's verifier: an argument that is
/// missing, that is a number where it must not be, null, a size of zero or of any value, memory that may not be read or not be
/// written, and memory that ends too early. Not covered, beside what the tests list: <see cref="ArgumentFlags.Uninitialized"/>
/// (privileged programs may hand over what they never wrote), <see cref="ArgumentFlags.Read"/> (seen only as the lack of
/// <see cref="ArgumentFlags.Written"/>), <see cref="ArgumentFlags.Aligned"/>, <see cref="ArgumentFlags.Released"/>, the kinds of
/// dynptrs, which kernel object it must be, and results whose read is allowed: which of the four kinds they are.
/// </summary>
[TestFixture]
internal sealed class HelperArgumentKernelTests
{
    private const string AnyMemory = "fp, pkt, pkt_meta, map_key, map_value, mem, ringbuf_mem, buf, trusted_ptr_";

    // They take maps whose creation names BTF: their arguments are asked for with a hash table, which is refused only after them.
    private static readonly string[] s_storages =
        ["sk_storage_get", "sk_storage_delete", "task_storage_get", "task_storage_delete", "cgrp_storage_get", "cgrp_storage_delete"];

    private HelperMaps _maps = null!;
    private HelperCalls _calls = null!; // Set, as the others, before the first test that is not skipped.
    private HelperProbe _probe = null!;

    [OneTimeSetUp]
    public void Open()
    {
        if (HelperProbe.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        _maps = new HelperMaps();
        _calls = new HelperCalls(_maps);
        _probe = new HelperProbe();
    }

    [OneTimeTearDown]
    public void Close()
    {
        _probe?.Dispose();
        _maps?.Dispose();
    }

    [Test]
    public void Arguments_OfEveryRow_AreWhatTheVerifierDemands()
    {
        var differences = new List<string>();
        var notReached = new List<string>();
        int reached = 0;
        foreach (HelperPrototype prototype in Rows())
        {
            if (HelperCalls.PointFor(prototype, _probe.Points) is not { } point)
            {
                notReached.Add(prototype.Name);
                continue;
            }

            for (int register = 1; register <= prototype.Arguments.Length; register++)
            {
                if (_calls.Write(prototype, point, register) is null)
                {
                    notReached.Add($"{prototype.Name} from r{register} on");
                    break;
                }

                reached++;
                string place = $"{prototype.Name} in {point.Type}, r{register}, ";
                differences.AddRange(Differences(prototype, point, register).Select(text => place + text));
            }
        }

        TestContext.Out.WriteLine($"{reached} arguments reached");
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences));
        Assert.That(notReached, Is.EqualTo(new[]
        {
            "rc_repeat", "rc_keydown", "rc_pointer_rel", "tcp_send_ack", "xdp_output from r2 on",
            "inode_storage_get", "inode_storage_delete", "d_path from r2 on", "per_cpu_ptr from r2 on", "bprm_opts_set", "ima_inode_hash",
            "for_each_map_elem from r3 on", "timer_init from r2 on", "timer_set_callback from r2 on", "timer_start from r2 on",
            "find_vma from r4 on", "loop from r3 on", "get_func_arg", "get_func_ret", "get_func_arg_cnt", "ima_file_hash",
            "kptr_xchg from r2 on", "user_ringbuf_drain from r3 on",
        }));
    }

    [Test]
    public void Return_OfEveryRowThatCanBeCalled_IsWhatTheVerifierSeesInR0()
    {
        var differences = new List<string>();
        int reached = 0;
        foreach (HelperPrototype prototype in Rows().Where(row => !s_storages.Contains(row.Name)))
        {
            if (HelperCalls.PointFor(prototype, _probe.Points) is not { } point) continue;
            if (_calls.Write(prototype, point, bad: 0) is not { } program) continue;
            reached++;
            string said = _probe.Ask(point, program);
            string expected = Complaint(prototype.Return);
            bool isExpected = expected.Length == 0 ? said.Length == 0 : said.Contains(expected, StringComparison.Ordinal);
            if (!isExpected) differences.Add($"{prototype.Name} in {point.Type}: {said}");
        }

        TestContext.Out.WriteLine($"{reached} results seen");
        Assert.That(differences, Is.Empty, string.Join(Environment.NewLine, differences));
        Assert.That(reached, Is.GreaterThanOrEqualTo(175));
    }

    private static IEnumerable<HelperPrototype> Rows() =>
        HelperTable.All.SelectMany(number => HelperTable.PrototypesOf(number)).Where(row => !HelperProbe.Optional.Contains(row.Name));

    private IEnumerable<string> Differences(HelperPrototype prototype, AttachPoint point, int register)
    {
        HelperArgument argument = prototype.Arguments[register - 1];
        string missing = Ask();
        if (missing != $"R{register} !read_ok") yield return $"missing: {missing}";
        if (argument.Kind == ArgumentKind.Anything) yield break;

        string zero = Ask(Move(register, 0));
        if (argument.Kind is ArgumentKind.Size or ArgumentKind.SizeOrZero or ArgumentKind.AllocationSize)
        {
            bool isRefused = zero.Contains("invalid zero-sized read", StringComparison.Ordinal);
            if (isRefused != (argument.Kind == ArgumentKind.Size)) yield return $"zero: {zero}";
            string any = Ask(Copy(register, 8));
            string objection = argument.Kind == ArgumentKind.AllocationSize ? "is not a known constant" : "min value is negative";
            if (!any.StartsWith($"R{register} {objection}", StringComparison.Ordinal)) yield return $"any: {any}";
            yield break;
        }

        string complaint = $"R{register} type=scalar expected={Expected(argument.Kind)}";
        string number = Ask(Move(register, 7));
        if (number != complaint) yield return $"number: {number}";
        if (argument.Has(ArgumentFlags.Nullable) == (zero == complaint)) yield return $"null: {zero}";
        if (argument.Kind is not (ArgumentKind.Memory or ArgumentKind.MapKey or ArgumentKind.MapValue)) yield break;

        string readOnly = Ask(Wide(register, 2, _maps.ReadOnly));
        bool isWritten = readOnly.Contains("write into map forbidden", StringComparison.Ordinal);
        if (argument.Has(ArgumentFlags.Written) != isWritten) yield return $"read-only: {readOnly}";
        string writeOnly = Ask(Wide(register, 2, _maps.WriteOnly));
        bool isRead = writeOnly.Contains("read from map forbidden", StringComparison.Ordinal);
        if (argument.Has(ArgumentFlags.Written) == isRead) yield return $"write-only: {writeOnly}";
        if (BytesOf(argument) is not { } bytes) yield break;
        string last = Ask(StackAt(register, -1));
        if (!last.EndsWith($" off=-1 size={bytes}", StringComparison.Ordinal)) yield return $"last byte: {last}";

        string Ask(params Instruction[] instead) => _probe.Ask(point, _calls.Write(prototype, point, register, instead));
    }

    /// <summary>How many bytes an argument points at, or <c>null</c> when the next one says so.</summary>
    private static int? BytesOf(HelperArgument argument) => argument.Kind switch
    {
        ArgumentKind.MapKey => HelperMaps.KeyBytes,
        ArgumentKind.MapValue => HelperMaps.ValueBytes,
        _ => argument.Bytes > 0 ? argument.Bytes : null,
    };

    /// <summary>The types of registers that the kinds take (kernel/bpf/verifier.c, 6.18, <c>compatible_reg_types</c>).</summary>
    private static string Expected(ArgumentKind kind) => kind switch
    {
        ArgumentKind.Map => "map_ptr",
        ArgumentKind.MapKey or ArgumentKind.MapValue or ArgumentKind.Memory => AnyMemory,
        ArgumentKind.Context => "ctx",
        ArgumentKind.SpinLock or ArgumentKind.KernelPointerField => "map_value, ptr_",
        ArgumentKind.SocketCommon => "sock_common, sock, tcp_sock, xdp_sock",
        ArgumentKind.Socket => "sock",
        ArgumentKind.KernelObject => "ptr_, trusted_ptr_, rcu_ptr_",
        ArgumentKind.SocketObject => "sock_common, sock, tcp_sock, xdp_sock, ptr_, trusted_ptr_",
        ArgumentKind.PercpuObject => "percpu_ptr_, percpu_rcu_ptr_, percpu_trusted_ptr_",
        ArgumentKind.RingBufferMemory => "ringbuf_mem",
        ArgumentKind.Function => "func",
        ArgumentKind.Stack => "fp",
        ArgumentKind.ConstantString or ArgumentKind.Timer => "map_value",
        ArgumentKind.Dynptr or ArgumentKind.LocalDynptr or ArgumentKind.RingBufferDynptr => "fp, dynptr_ptr",
        ArgumentKind.Anything or ArgumentKind.Size or ArgumentKind.SizeOrZero or ArgumentKind.AllocationSize => "scalar",
    };

    /// <summary>What the verifier says of a load from r0; nothing where it may be done.</summary>
    private static string Complaint(HelperReturn kind) => kind switch
    {
        HelperReturn.Integer => "R0 invalid mem access 'scalar'",
        HelperReturn.Void => "R0 !read_ok",
        HelperReturn.MapValueOrNull => "R0 invalid mem access 'map_value_or_null'",
        HelperReturn.SocketOrNull => "R0 invalid mem access 'sock_or_null'",
        HelperReturn.TcpSocketOrNull => "R0 invalid mem access 'tcp_sock_or_null'",
        HelperReturn.SocketCommonOrNull => "R0 invalid mem access 'sock_common_or_null'",
        HelperReturn.MemoryOrNull => "R0 invalid mem access 'mem_or_null'",
        HelperReturn.RingBufferMemoryOrNull => "R0 invalid mem access 'ringbuf_mem_or_null'",
        HelperReturn.KernelObjectOrNull => "ptr_or_null_",
        HelperReturn.PercpuObjectOrNull => "percpu_ptr_or_null_",
        HelperReturn.MapValue or HelperReturn.PercpuObject or HelperReturn.KernelObject or HelperReturn.TrustedKernelObject => string.Empty,
    };
}
