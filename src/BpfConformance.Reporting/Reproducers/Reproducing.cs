using System.Collections.Immutable;
using BpfConformance.Abi;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Oracles;

namespace BpfConformance.Reporting.Reproducers;

/// <summary>Writes a finding down in all forms, and looks whether each of them still shows it: what does not is not kept.</summary>
/// <param name="inspector">Who found it.</param>
/// <param name="asksKernel">Whether it is about this machine's kernel, so that the program in C can be held against it.</param>
/// <param name="isHardened">Whether constants are blinded meanwhile, as the program in C then has it.</param>
public sealed class Reproducing(FindingInspector inspector, bool asksKernel, bool isHardened)
{
    /// <summary>The form that everything else can be made of.</summary>
    private static readonly VectorReproducer s_vector = new();

    private static ImmutableArray<IReproducer> Forms(bool isHardened) =>
        [s_vector, new DataReproducer(), new HexReproducer(), new AsmReproducer(), new SelftestReproducer(), new KernelReproducer { IsHardened = isHardened }];

    /// <summary>The files that there may be.</summary>
    public static IEnumerable<string> Names => Forms(isHardened: false).Select(form => form.FileName);

    public static string VectorName => s_vector.FileName;

    /// <param name="stated">The case, with what should come of it; <c>null</c>: that cannot be said.</param>
    /// <param name="bare">The case.</param>
    /// <param name="signature">What it must still show.</param>
    public ImmutableArray<Reproduction> Of(TestCase? stated, TestCase bare, FindingSignature signature) =>
        [.. Forms(isHardened).Select(form => Of(form, stated, bare, signature))];

    /// <summary>The form that says the most, as it is.</summary>
    /// <param name="stated">The case, with what should come of it; <c>null</c>: that cannot be said.</param>
    /// <param name="bare">The case.</param>
    public static Reproduction Untried(TestCase? stated, TestCase bare)
    {
        TestCase test = stated ?? Open(bare);
        IReproducer form = ((IReproducer[])[s_vector, new AsmReproducer()]).FirstOrDefault(each => each.Lacks(test) is null) ?? new HexReproducer();
        return new Reproduction(form.FileName, form.Write(test), "written; not tried");
    }

    /// <summary>A case of which nothing is stated, for a reader of its vector.</summary>
    private static TestCase Open(TestCase bare) =>
        bare.Unstated() with { Note = $"{bare.Note}\nwhat should come of it cannot be stated; 'bpfconf reduce FILE' holds targets against the reference" };

    private Reproduction Of(IReproducer form, TestCase? stated, TestCase bare, FindingSignature signature)
    {
        bool needsResult = form is DataReproducer or KernelReproducer;
        if (stated is null && needsResult) return new Reproduction(form.FileName, null, "not written: what should come of it differs from run to run, or is an address");
        TestCase test = stated ?? Open(bare);
        if (form.Lacks(test) is { } lack) return new Reproduction(form.FileName, null, $"not written: {lack}");
        string text = form.Write(test);
        if (form is KernelReproducer) return OfCompiled(form.FileName, text, signature);
        try
        {
            if (form is SelftestReproducer) return OfMacros(form.FileName, text, test);
            return form.Read(text, bare) is { } again && inspector.Find(again, signature) is not null
                ? new Reproduction(form.FileName, text, IsWhole(form, test) ? "read back, run, and it shows the same" : "the instructions alone: read back and run with what they are given above, they show the same")
                : new Reproduction(form.FileName, null, "not written: what is read back does not show it");
        }
        catch (BpfFormatException unreadable)
        {
            return new Reproduction(form.FileName, null, $"not written: it cannot be read back: {unreadable.Message}");
        }
    }

    /// <summary>Whether a form holds all that a run needs.</summary>
    private static bool IsWhole(IReproducer form, TestCase test) => form is not (AsmReproducer or HexReproducer) || GivenText.All(test).Length == 0;

    private static Reproduction OfMacros(string name, string text, TestCase test)
    {
        (int? code, string said) = CompiledReproducer.Run(SelftestReproducer.Printing(text, test), runs: true);
        return code switch
        {
            null => new Reproduction(name, text, $"written; not tried: {said}"),
            0 when SelftestReproducer.IsPrinted(said, test) => new Reproduction(name, text, "compiled, and its slots are those of the program"),
            0 => new Reproduction(name, null, "not written: its macros come to another program"),
            _ => new Reproduction(name, null, $"not written: exit code {code}: {ReportText.FirstLine(said)}"),
        };
    }

    private Reproduction OfCompiled(string name, string text, FindingSignature signature)
    {
        (int? code, string said) = CompiledReproducer.Run(text, runs: asksKernel);
        return code switch
        {
            null => new Reproduction(name, text, $"written; not tried: {said}"),
            CompiledReproducer.DoesNotCompile => new Reproduction(name, null, $"not written: it does not compile: {ReportText.FirstLine(said)}"),
            0 when !asksKernel => new Reproduction(name, text, "compiled; not run: it is not about the kernel"),
            { } end when asksKernel && WhatIsShown(signature, end, said) is { } shown => new Reproduction(name, text, $"compiled, run, and {shown}"),
            _ => new Reproduction(name, null, $"not written: it does not show it: exit code {code}: {ReportText.FirstLine(said)}"),
        };
    }

    /// <summary>What a run of the program in C shows of a finding about the kernel; <c>null</c>: nothing.</summary>
    /// <param name="signature">Of the finding.</param>
    /// <param name="code">The exit code.</param>
    /// <param name="said">What it wrote.</param>
    public static string? WhatIsShown(FindingSignature signature, int code, string said) => (signature.Oracle, code) switch
    {
        // Programs are refused for many reasons: of a kernel that broke only its own word is proof.
        (CrashOracle.OracleName, _) => Breakdown.IsIn(said, signature.Form) ? "the kernel says the same" : null,
        (_, KernelReproducer.Different) => "it shows a difference",
        (VerdictOracle.OracleName, KernelReproducer.Refused) => "it is refused",
        _ => null,
    };
}
