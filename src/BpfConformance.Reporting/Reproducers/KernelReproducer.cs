using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Loading.Btf;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>A program in C that needs nothing but a kernel and its headers: it asks the kernel by bpf(2), and exits with 0 where that does what it should, and with <see cref="Different"/> where it does not, or with <see cref="Refused"/>.</summary>
public sealed class KernelReproducer : IReproducer
{
    /// <summary>The exit code where the kernel does not what it should.</summary>
    public const int Different = 1;

    /// <summary>The exit code where what should run is refused: that shows a finding about a verdict, and no other.</summary>
    public const int Refused = 3;

    private const int BytesInLine = 12;

    public string FileName => "case.c";

    /// <summary>Whether constants are blinded meanwhile (<see cref="HardeningDefinitions"/>).</summary>
    public bool IsHardened { get; init; }

    public string? Lacks(TestCase test) =>
        test.Contention is not null || test.IsSequence || test.HasNetwork ? "it takes one run, and no steps"
        : !test.Program.Others.IsEmpty ? "it has several programs"
        : test.Inputs.Length > 1 ? "it has several runs"
        : TypeOf(test.Program.Type) is null ? $"programs of type {Vocabulary.ProgramTypes[test.Program.Type]} are given something else than a packet, or there is no BPF_PROG_TEST_RUN for them"
        : test.Maps.FirstOrDefault(IsOther) is { } map ? $"a map is of kind {Vocabulary.MapTypes[map.Type]}, or not a plain one"
        : test.Expectation is { Load: LoadExpectation.Accepted, Run: not RunExpectation.Returned } ? "a kernel has no faults"
        : KernelProgram.Of(test) is null ? "a jump would lead too far"
        : null;

    public string Write(TestCase test)
    {
        CaseInput? input = test.Inputs.FirstOrDefault();
        var text = new StringBuilder();
        foreach (string line in test.Note.Split('\n', StringSplitOptions.RemoveEmptyEntries)) text.Append($"// {line}\n");
        text.Append(Beginning).Append('\n').Append(MacroDefinitions.Text).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"#define MAPS {test.Maps.Length}\nstatic int map_fds[MAPS + 1], memory_fd, results_fd;\n\n");
        AddBytes(text, "data", (input?.Data ?? default).Span);
        AddBytes(text, "data_after", input is { DataAfter: { } after } ? after.Span : default);
        AddBytes(text, "context", ContextOf(test, input));
        text.Append(CultureInfo.InvariantCulture, $"// Of a link header that the program does not see, zeros come back.\nstatic const unsigned unseen_bytes = {UnseenBytes(test.Program.Type)};\n\n");
        AddMaps(text, test);
        AddContents(text, "contents", test.Maps.SelectMany((map, index) => map.Contents.Select(entry => (index, entry))));
        AddContents(text, "contents_after", (input?.MapsAfter ?? []).SelectMany(stated => MapImage.Entries(test.Maps[stated.Map], stated.Part).Select(entry => (stated.Map, entry))));
        ImmutableArray<Instruction> slots = KernelProgram.Of(test)!.Value; // it lacks nothing
        AddFunctions(text, slots.AsSpan());
        text.Append(Library).Append(IsHardened ? HardeningDefinitions.Text : string.Empty);
        text.Append(CultureInfo.InvariantCulture, $"int main(void)\n{{\n{(IsHardened ? "\tharden();\n" : string.Empty)}\tcreate_all();\n\tstruct bpf_insn insns[] = {{\n");
        text.Append(MacroText.Of(slots, map => DescriptorOf(test, map), "\t\t"));
        text.Append("\t};\n");
        uint flags = (uint)test.Program.Flags;
        string isRejected = test.Expectation.Load == LoadExpectation.Rejected ? "1" : "0";
        text.Append(CultureInfo.InvariantCulture, $"\treturn ask({TypeOf(test.Program.Type)}, {(uint)test.Program[0].NamedAttachType}, 0x{flags:x}, \"{test.Program.License}\", insns, sizeof(insns) / sizeof(insns[0]), {isRejected}, 0x{input?.Result ?? 0:x}ULL);\n}}\n");
        return text.ToString();
    }

    public TestCase? Read(string text, TestCase test) => null;

    private static int UnseenBytes(ProgramType type) => PacketRules.StartsBehindLinkHeader(type) ? PacketRules.LinkHeaderBytes : 0;

    private static bool IsOther(MapDefinition map) => map is not
    {
        Type: MapType.Array or MapType.Hash or MapType.LruHash or MapType.LpmTrie,
        InnerMap: null,
        Extra: 0,
        Pin: null,
        Fields.IsEmpty: true,
    };

    private static string DescriptorOf(TestCase test, int map) => map < test.Maps.Length ? $"map_fds[{map}]" : map == test.Maps.Length ? "memory_fd" : "results_fd";

    /// <summary>Of those that BPF_PROG_TEST_RUN gives a packet and what else is stated of a context (net/bpf/test_run.c, 6.18); <c>null</c>: others.</summary>
    private static string? TypeOf(ProgramType type) => type switch
    {
        ProgramType.Unspecified => "BPF_PROG_TYPE_RAW_TRACEPOINT", // one without a hook looks at nothing of the context
        ProgramType.SocketFilter => "BPF_PROG_TYPE_SOCKET_FILTER",
        ProgramType.SchedCls => "BPF_PROG_TYPE_SCHED_CLS",
        ProgramType.SchedAct => "BPF_PROG_TYPE_SCHED_ACT",
        ProgramType.Xdp => "BPF_PROG_TYPE_XDP",
        ProgramType.CgroupSkb => "BPF_PROG_TYPE_CGROUP_SKB",
        ProgramType.LwtIn => "BPF_PROG_TYPE_LWT_IN",
        ProgramType.LwtOut => "BPF_PROG_TYPE_LWT_OUT",
        ProgramType.LwtXmit => "BPF_PROG_TYPE_LWT_XMIT",
        _ => null,
    };

    /// <summary>ctx_in. That of xdp is whole, and says where the packet ends.</summary>
    private static ReadOnlySpan<byte> ContextOf(TestCase test, CaseInput? input)
    {
        if (input is null || input.Context.IsEmpty || test.Program.Type != ProgramType.Xdp) return (input?.Context ?? default).Span;
        var context = new byte[ContextTables.XdpMd.SizeBytes];
        input.Context.Span.CopyTo(context);
        BinaryPrimitives.WriteInt32LittleEndian(context.AsSpan(ContextTables.XdpMd.Field("data_end").Offset), input.Data.Length);
        return context;
    }

    private static void AddBytes(StringBuilder text, string name, ReadOnlySpan<byte> bytes)
    {
        text.Append(CultureInfo.InvariantCulture, $"static const unsigned char {name}[] = {{");
        for (int index = 0; index < bytes.Length; index++) text.Append(index % BytesInLine == 0 ? "\n\t" : " ").Append(CultureInfo.InvariantCulture, $"0x{bytes[index]:x2},");

        // An array without elements is no C; what stands here instead does not count.
        text.Append(bytes.IsEmpty ? " 0 " : "\n").Append(CultureInfo.InvariantCulture, $"}};\nenum {{ {name}_bytes = {bytes.Length} }};\n\n");
    }

    private static void AddMaps(StringBuilder text, TestCase test)
    {
        text.Append("static const struct { unsigned type, key, value, entries, flags; } maps[MAPS + 1] = {\n");
        foreach (MapDefinition map in test.Maps) text.Append(CultureInfo.InvariantCulture, $"\t{{ {(int)map.Type}, {map.KeyBytes}, {map.ValueBytes}, {map.MaxEntries}, 0x{(uint)map.Flags:x} }}, // {map.Name}\n");
        text.Append("};\n\n");
    }

    /// <summary>func_info, where a program does not load without.</summary>
    private static void AddFunctions(StringBuilder text, ReadOnlySpan<Instruction> slots)
    {
        ImmutableArray<int> starts = LocalFunctions.NeedTypes(slots) ? LocalFunctions.Starts(slots) : [];
        AddBytes(text, "types", starts.IsEmpty ? [] : StaticFunction.Types);
        text.Append("static const struct bpf_func_info functions[] = {\n");
        foreach (int start in starts) text.Append(CultureInfo.InvariantCulture, $"\t{{ {start}, {StaticFunction.TypeId} }},\n");
        text.Append(CultureInfo.InvariantCulture, $"\t{{ 0, 0 }},\n}};\nenum {{ functions_count = {starts.Length} }};\n\n");
    }

    private static void AddContents(StringBuilder text, string name, IEnumerable<(int Map, MapEntry Entry)> entries)
    {
        text.Append(CultureInfo.InvariantCulture, $"static const struct {{ int map; const char *key, *value; }} {name}[] = {{\n");
        foreach ((int map, MapEntry entry) in entries) text.Append(CultureInfo.InvariantCulture, $"\t{{ {map}, \"{Escaped(entry.Key.Span)}\", \"{Escaped(entry.Value.Span)}\" }},\n");
        text.Append("\t{ -1, \"\", \"\" },\n};\n\n");
    }

    private static string Escaped(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte each in bytes) text.Append($"\\{Convert.ToString(each, 8).PadLeft(3, '0')}"); // three octal digits end by themselves
        return text.ToString();
    }

    private const string Beginning = """
        // gcc -Wall -Wextra -o case case.c && ./case, as root. Exit code 0: as it should be; 1: not so; 2: it could not be asked; 3: refused, though it should run.
        #include <errno.h>
        #include <linux/bpf.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        """;

    private const string Library = """
        static long bpf(int command, union bpf_attr *attr)
        {
        	return syscall(__NR_bpf, command, attr, sizeof(*attr));
        }

        static void fail(const char *what)
        {
        	fprintf(stderr, "%s: %s\n", what, strerror(errno));
        	exit(2);
        }

        static int create(unsigned type, unsigned key, unsigned value, unsigned entries, unsigned flags)
        {
        	union bpf_attr attr;
        	memset(&attr, 0, sizeof(attr));
        	attr.map_type = type;
        	attr.key_size = key;
        	attr.value_size = value;
        	attr.max_entries = entries;
        	attr.map_flags = flags;
        	int fd = bpf(BPF_MAP_CREATE, &attr);
        	if (fd < 0)
        		fail("BPF_MAP_CREATE");
        	return fd;
        }

        static int element(int command, int fd, const void *key, const void *value)
        {
        	union bpf_attr attr;
        	memset(&attr, 0, sizeof(attr));
        	attr.map_fd = fd;
        	attr.key = (uintptr_t)key;
        	attr.value = (uintptr_t)value;
        	return bpf(command, &attr);
        }

        static void create_all(void)
        {
        	unsigned zero = 0;
        	for (int i = 0; i < MAPS; i++)
        		map_fds[i] = create(maps[i].type, maps[i].key, maps[i].value, maps[i].entries, maps[i].flags);
        	for (int i = 0; contents[i].map >= 0; i++)
        		if (element(BPF_MAP_UPDATE_ELEM, map_fds[contents[i].map], contents[i].key, contents[i].value))
        			fail("BPF_MAP_UPDATE_ELEM");
        	memory_fd = create(BPF_MAP_TYPE_ARRAY, 4, data_bytes > 0 ? data_bytes : 1, 1, 0);
        	results_fd = create(BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
        	if (data_bytes > 0 && element(BPF_MAP_UPDATE_ELEM, memory_fd, &zero, data))
        		fail("BPF_MAP_UPDATE_ELEM");
        }

        static int compare(const char *what, const unsigned char *expected, const unsigned char *got, unsigned bytes)
        {
        	if (memcmp(expected, got, bytes) == 0)
        		return 0;
        	printf("%s, expected and got:\n", what);
        	for (unsigned i = 0; i < bytes; i++)
        		printf("%02x%s", expected[i], i + 1 < bytes ? "" : "\n");
        	for (unsigned i = 0; i < bytes; i++)
        		printf("%02x%s", got[i], i + 1 < bytes ? "" : "\n");
        	return 1;
        }

        static int compare_maps(void)
        {
        	int differs = 0;
        	for (int i = 0; contents_after[i].map >= 0; i++) {
        		int map = contents_after[i].map;
        		unsigned char *value = calloc(1, maps[map].value + 1);
        		if (element(BPF_MAP_LOOKUP_ELEM, map_fds[map], contents_after[i].key, value)) {
        			printf("map %d: a key is not there\n", map);
        			differs = 1;
        		} else {
        			differs |= compare("value in a map", (const unsigned char *)contents_after[i].value, value, maps[map].value);
        		}
        		free(value);
        	}
        	return differs;
        }

        static int load_types(void)
        {
        	union bpf_attr attr;
        	memset(&attr, 0, sizeof(attr));
        	attr.btf = (uintptr_t)types;
        	attr.btf_size = types_bytes;
        	int fd = bpf(BPF_BTF_LOAD, &attr);
        	if (fd < 0)
        		fail("BPF_BTF_LOAD");
        	return fd;
        }

        static int load(int type, unsigned attach_type, unsigned flags, const char *license, const struct bpf_insn *insns, unsigned count)
        {
        	static char log[1 << 16];
        	union bpf_attr attr;
        	memset(&attr, 0, sizeof(attr));
        	attr.prog_type = type;
        	attr.expected_attach_type = attach_type;
        	attr.prog_flags = flags;
        	attr.license = (uintptr_t)license;
        	attr.insns = (uintptr_t)insns;
        	attr.insn_cnt = count;
        	if (functions_count > 0) {
        		attr.prog_btf_fd = load_types();
        		attr.func_info_rec_size = sizeof(functions[0]);
        		attr.func_info = (uintptr_t)functions;
        		attr.func_info_cnt = functions_count;
        	}
        	attr.log_level = 1;
        	attr.log_size = sizeof(log);
        	attr.log_buf = (uintptr_t)log;
        	int fd = bpf(BPF_PROG_LOAD, &attr);
        	if (fd < 0)
        		printf("rejected: %s\n%s", strerror(errno), log);
        	return fd;
        }

        static int run(int type, int program, uint64_t expected)
        {
        	unsigned zero = 0;
        	uint64_t r0 = 0;
        	static unsigned char after[65536];
        	union bpf_attr attr;
        	memset(&attr, 0, sizeof(attr));
        	attr.test.prog_fd = program;
        	if (type != BPF_PROG_TYPE_RAW_TRACEPOINT) {
        		attr.test.data_in = (uintptr_t)data;
        		attr.test.data_size_in = data_bytes;
        		attr.test.data_out = (uintptr_t)after;
        		attr.test.data_size_out = sizeof(after);
        	}
        	if (context_bytes > 0) {
        		attr.test.ctx_in = (uintptr_t)context;
        		attr.test.ctx_size_in = context_bytes;
        	}
        	if (bpf(BPF_PROG_TEST_RUN, &attr))
        		fail("BPF_PROG_TEST_RUN");
        	if (element(BPF_MAP_LOOKUP_ELEM, results_fd, &zero, &r0))
        		fail("BPF_MAP_LOOKUP_ELEM");
        	if (type == BPF_PROG_TYPE_RAW_TRACEPOINT && element(BPF_MAP_LOOKUP_ELEM, memory_fd, &zero, after))
        		fail("BPF_MAP_LOOKUP_ELEM");
        	printf("r0: expected 0x%llx, got 0x%llx\n", (unsigned long long)expected, (unsigned long long)r0);
        	int differs = r0 != expected;
        	unsigned after_bytes = type == BPF_PROG_TYPE_RAW_TRACEPOINT ? data_bytes : attr.test.data_size_out;
        	if (data_after_bytes > 0 && after_bytes != data_after_bytes) {
        		printf("bytes of memory: expected %u, got %u\n", data_after_bytes, after_bytes);
        		differs = 1;
        	}
        	unsigned stated_bytes = data_after_bytes;
        	if (stated_bytes > unseen_bytes)
        		differs |= compare("memory", data_after + unseen_bytes, after + unseen_bytes, stated_bytes - unseen_bytes);
        	return differs | compare_maps();
        }

        static int ask(int type, unsigned attach_type, unsigned flags, const char *license, const struct bpf_insn *insns, unsigned count, int must_reject, uint64_t expected)
        {
        	int program = load(type, attach_type, flags, license, insns, count);
        	if (must_reject)
        		printf("expected a rejection%s\n", program < 0 ? "" : ", it was accepted");
        	if (must_reject)
        		return program >= 0;
        	return program < 0 ? 3 : run(type, program, expected);
        }


        """;
}
