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
    public const string CurrentVersion = "1";

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
/// <param name="Program">The slots as bytes in hexadecimal digits, little endian.</param>
/// <param name="Disassembly">The same for people, an instruction each.</param>
/// <param name="Maps">In the order of their numbers.</param>
/// <param name="Expectation">What holds for every input.</param>
/// <param name="Contention">How the inputs are run at the same time; <c>null</c>: each is run alone.</param>
/// <param name="Inputs">The runs. When the load must be refused: those that tell the length of the memory, or none.</param>
/// <param name="Note">What demands this, and other free text; empty when none.</param>
public sealed record ExportedCase(
    string Name,
    ImmutableArray<string> Groups,
    string Cpu,
    string Type,
    string Program,
    ImmutableArray<string> Disassembly,
    ImmutableArray<ExportedMap> Maps,
    ExportedExpectation Expectation,
    ExportedContention? Contention,
    ImmutableArray<ExportedInput> Inputs,
    string Note);

/// <summary>A map that the program uses.</summary>
/// <param name="Name">Unique in the case.</param>
/// <param name="Kind">As in a vector's <c>maps</c>.</param>
/// <param name="KeyBytes">Size of a key.</param>
/// <param name="ValueBytes">Size of a value.</param>
/// <param name="Entries">Capacity.</param>
/// <param name="Flags">Kernel <c>BPF_F_*</c>, as a hexadecimal number.</param>
public sealed record ExportedMap(string Name, string Kind, int KeyBytes, int ValueBytes, int Entries, string Flags);

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

/// <summary>One run.</summary>
/// <param name="Data">Memory or packet in hexadecimal digits.</param>
/// <param name="Result">r0 as a hexadecimal number; <c>null</c>: nothing is returned, or not stated.</param>
/// <param name="DataAfter">Memory or packet afterwards; <c>null</c>: not stated.</param>
public sealed record ExportedInput(string Data, string? Result, string? DataAfter);
