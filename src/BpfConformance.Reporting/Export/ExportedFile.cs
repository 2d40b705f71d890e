using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace BpfConformance.Reporting.Export;

/// <summary>
/// A case file for readers that do not parse it: nothing is left to compute. <c>conformance/schemas/case.schema.json</c>
/// describes it as JSON.
/// </summary>
/// <param name="Name">Path from the folder of its suite.</param>
/// <param name="Cases">One, but for a grid.</param>
public sealed record ExportedFile(string Name, ImmutableArray<ExportedCase> Cases)
{
    /// <summary>Changes when a reader of the older form would misunderstand the newer.</summary>
    public const string CurrentVersion = "7";

    [JsonPropertyName("$schema")]
    [JsonPropertyOrder(-2)]
    public string Schema { get; init; } = $"urn:bpfconformance:case:{CurrentVersion}";

    [JsonPropertyOrder(-1)]
    public string Version { get; init; } = CurrentVersion;
}

/// <summary>One program, its inputs and what must come of them.</summary>
/// <param name="Name">The file's, and of a grid the member's.</param>
/// <param name="Groups">As in <c>conformance/isa.csv</c>: what a machine must have to be asked.</param>
/// <param name="Cpu">The CPU version that it must have.</param>
/// <param name="Type">Of the program; <c>unspecified</c>: it is given memory.</param>
/// <param name="Attach">What the program is attached to, as in a vector's <c>attach</c>; <c>null</c>: its load has number 0, as one that names nothing.</param>
/// <param name="License">Under which its programs are published.</param>
/// <param name="Flags">What their loads ask for beside, as in a vector's <c>flags</c>.</param>
/// <param name="Program">The slots as bytes in hexadecimal digits, little endian; behind those of the program those of the others.</param>
/// <param name="Others">The programs beside it, in the order in which they stand behind it.</param>
/// <param name="Disassembly">The same for people, an instruction each.</param>
/// <param name="Maps">In the order of their numbers.</param>
/// <param name="Expectation">What holds for every input.</param>
/// <param name="Sequence">Whether the inputs follow on each other: each finds the maps as the one before left them.</param>
/// <param name="Contention">How the inputs are run at the same time; <c>null</c>: each is run alone.</param>
/// <param name="Inputs">The runs. When the load must be refused: those that tell the length of the memory, or none.</param>
/// <param name="Note">What demands this, and other free text; empty when none.</param>
public sealed record ExportedCase(
    string Name,
    ImmutableArray<string> Groups,
    string Cpu,
    string Type,
    string? Attach,
    string License,
    ImmutableArray<string> Flags,
    string Program,
    ImmutableArray<ExportedProgram> Others,
    ImmutableArray<string> Disassembly,
    ImmutableArray<ExportedMap> Maps,
    ExportedExpectation Expectation,
    bool Sequence,
    ExportedContention? Contention,
    ImmutableArray<ExportedInput> Inputs,
    string Note);

/// <summary>A program beside the main one, to which tail calls and steps lead.</summary>
/// <param name="Name">Unique in the case.</param>
/// <param name="Type">As the main one's.</param>
/// <param name="Attach">As the main one's.</param>
/// <param name="Start">Its first slot.</param>
public sealed record ExportedProgram(string Name, string Type, string? Attach, int Start);

/// <summary>A map that the program uses.</summary>
/// <param name="Name">Unique in the case.</param>
/// <param name="Kind">As in a vector's <c>maps</c>.</param>
/// <param name="KeyBytes">Size of a key.</param>
/// <param name="ValueBytes">Size of a value.</param>
/// <param name="Entries">Capacity.</param>
/// <param name="Flags">Kernel <c>BPF_F_*</c>, as a hexadecimal number.</param>
/// <param name="Inner">Of a map of maps: what all maps in it look like; <c>null</c>: none is given.</param>
/// <param name="Extra">Kernel <c>map_extra</c>, as a hexadecimal number.</param>
/// <param name="Pin">Where it is pinned when the case begins, from the root of the file system on; <c>null</c>: nowhere.</param>
/// <param name="Fields">The kernel's structures in its values.</param>
/// <param name="Contents">What is in it before the first run, in the order in which it is put in.</param>
public sealed record ExportedMap(
    string Name,
    string Kind,
    int KeyBytes,
    int ValueBytes,
    int Entries,
    string Flags,
    string? Inner,
    string Extra,
    string? Pin,
    ImmutableArray<ExportedValueField> Fields,
    ImmutableArray<ExportedEntry> Contents);

/// <summary>A structure of the kernel in the values of a map.</summary>
/// <param name="Kind">As in a vector's <c>maps</c>.</param>
/// <param name="Offset">Of its first byte.</param>
public sealed record ExportedValueField(string Kind, int Offset);

/// <summary>An entry of a map.</summary>
/// <param name="Key">In hexadecimal digits.</param>
/// <param name="Value">In hexadecimal digits; in a map of maps the number of a map of the case, of four bytes, little endian; in an array of programs that of a program: the main one has 0; put into an array of perf events a kind of event. What comes out of that, and of ring buffers, are records of any length.</param>
public sealed record ExportedEntry(string Key, string Value);

/// <summary>What must happen.</summary>
/// <param name="Load"><c>accepted</c>, <c>rejected</c>, or <c>accepted-or-rejected</c>.</param>
/// <param name="Reasons">Those that a rejection may have; none: any.</param>
/// <param name="Malformed">Whether the encoding itself is wrong.</param>
/// <param name="Run"><c>returned</c>, <c>faulted</c>, <c>faulted-or-returned</c>, <c>timed-out</c>, or <c>unstated</c>: nothing runs.</param>
/// <param name="Fault">Its kind; <c>null</c>: any, or none.</param>
/// <param name="Pc">The slot that faults; <c>null</c>: not stated.</param>
public sealed record ExportedExpectation(
    string Load, ImmutableArray<string> Reasons, bool Malformed, string Run, string? Fault, int? Pc);

/// <summary>Two threads, one for each input, over one cell.</summary>
/// <param name="Map">Whose value begins with the cell.</param>
/// <param name="Records">How many records each thread leaves.</param>
/// <param name="Ends">What the cell must hold at the end; <c>null</c>: the records say it.</param>
public sealed record ExportedContention(string Map, int Records, string? Ends);

/// <summary>One run, or one step of user space.</summary>
/// <param name="Program">The name of the program that is run.</param>
/// <param name="Data">Memory or packet in hexadecimal digits.</param>
/// <param name="Context">What is given of the context, in the kernel's layout, in hexadecimal digits; the rest of it is zero.</param>
/// <param name="Result">r0 as a hexadecimal number; <c>null</c>: nothing is returned, or not stated. Of a step: 0, or a negated errno.</param>
/// <param name="DataAfter">Memory or packet afterwards; <c>null</c>: not stated. Of a step: the value, the key, the record, or the number of the object (maps first, then programs; four bytes, little endian) that it gets.</param>
/// <param name="Step">What user space does; <c>null</c>: the program is run.</param>
/// <param name="MapsAfter">What is in maps afterwards, of those for which it is stated.</param>
/// <param name="ContextAfter">What is in the context afterwards, of the fields for which it is stated.</param>
public sealed record ExportedInput(
    string Program,
    string Data,
    string Context,
    string? Result,
    string? DataAfter,
    ExportedStep? Step,
    ImmutableArray<ExportedMapAfter> MapsAfter,
    ImmutableArray<ExportedField> ContextAfter);

/// <summary>A field of a context, or an element of one that is an array.</summary>
/// <param name="Name">The kernel's, for people; <c>null</c>: bytes without a name, or more than one element.</param>
/// <param name="Offset">Of its first byte.</param>
/// <param name="Value">Its bytes in hexadecimal digits.</param>
public sealed record ExportedField(string? Name, int Offset, string Value);

/// <summary>A step of user space.</summary>
/// <param name="Command">
/// With a map: <c>lookup</c>, <c>update</c>, <c>delete</c>, <c>lookup-and-delete</c>, <c>next-key</c> or <c>freeze</c>; the first four also with
/// <c>-batch</c> behind them, with many elements at once; with a ring buffer <c>consume</c> or <c>produce</c>. In the file system where
/// objects have names: <c>pin</c>, <c>get</c>, <c>unlink</c>, <c>make-folder</c> or <c>remove-folder</c>. In the network: <c>attach</c>, <c>detach</c>,
/// <c>arrive</c> or <c>send</c>.
/// </param>
/// <param name="Object">With which map, or with which map or program (in the network: program); <c>null</c>: with none.</param>
/// <param name="Key">In hexadecimal digits; empty: none is given. Of a batch: all keys that are given.</param>
/// <param name="Value">Of an update; of a batch of updates: all values; the record that is produced; in the network what arrives, or is sent.</param>
/// <param name="Flags">As a hexadecimal number.</param>
public sealed record ExportedStep(string Command, string? Object, string Key, string Value, string Flags)
{
    /// <summary>In the file system: where, from its root on; <c>null</c>: it is a step with a map.</summary>
    public string? Path { get; init; }

    /// <summary>Of a batch: how many elements are given, or wanted; <c>null</c>: it is none.</summary>
    public int? Count { get; init; }

    /// <summary>Of a batch: whether it goes on where the last one of this map ended.</summary>
    public bool GoesOn { get; init; }

    /// <summary>In the network: where the program is attached, or the device at which a frame arrives; <c>null</c>: neither.</summary>
    public string? Place { get; init; }

    /// <summary>In the network: the address and port to which is sent; <c>null</c>: nothing is.</summary>
    public string? Target { get; init; }
}

/// <summary>All entries of a map, in the order of their keys, byte by byte; without keys in the order in which they would be popped, and records in the order in which they came.</summary>
public sealed record ExportedMapAfter(string Map, ImmutableArray<ExportedEntry> Entries);
