using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel;

/// <summary>What this kernel lacks for a program: an instruction, a type, or room.</summary>
internal static class KernelSupport
{
    /// <summary>Why it is not asked of a request, or <c>null</c>.</summary>
    public static Verdict? WhyNot(LoadRequest request, TargetCapabilities kernel)
    {
        BpfProgram program = request.Program;
        return Enumerable.Range(0, program.Count)
            .Select(index => WhyNot(program.Instructions.AsSpan()[program.SlotsOf(index)], program[index], request.DataBytes, kernel) is { } verdict
                ? KernelVerdicts.InRow(verdict, program, program[index])
                : null)
            .FirstOrDefault(verdict => verdict is not null);
    }

    private static Verdict? WhyNot(ReadOnlySpan<Instruction> program, ProgramPart part, int dataBytes, TargetCapabilities kernel)
    {
        ProgramType type = part.Type;
        if (!kernel.Types.Contains(type))
        {
            return Verdict.Unsupported(ReasonClass.NotImplemented, $"programs of type {Vocabulary.ProgramTypes[type]} do not load here: {kernel.DetailOf(type) ?? "unknown"}");
        }

        if (type == ProgramType.Tracing && part.NamedAttachType != AttachType.TraceRawTp)
        {
            string what = $"programs of type {Vocabulary.ProgramTypes[type]} for {Vocabulary.AttachTypes[part.NamedAttachType]}";
            return Verdict.Unsupported(ReasonClass.NotImplemented, $"{what} do not load here: {AttachPoints.WhyNoFunction}");
        }

        if (dataBytes > MaxBytes(type))
        {
            return Verdict.Unsupported(
                ReasonClass.NotImplemented, $"{dataBytes} bytes of data; this kernel is given at most {MaxBytes(type)}");
        }

        for (int pc = 0; pc < program.Length; pc += program[pc].IsWide ? 2 : 1)
        {
            if (InstructionTable.Find(program[pc]) is { } row && Missing(row, type, kernel) is { } why)
            {
                return Verdict.Unsupported(ReasonClass.NotImplemented, $"{row}: {why}", pc);
            }
        }

        return null;
    }

    private static string? Missing(InstructionDef row, ProgramType type, TargetCapabilities kernel) =>
        !kernel.Groups.Contains(row.Group) ? $"this kernel has no group {row.Group} ({GroupDetail(row.Group, kernel)})"
        : row.Since > kernel.Cpu ? $"this kernel's instruction set is {kernel.Cpu}"
        : row.Group == ConformanceGroup.Packet && type == ProgramType.Unspecified ? "a program without a hook has no packet"
        : null;

    private static string GroupDetail(ConformanceGroup group, TargetCapabilities kernel)
    {
        string name = IsaProbes.Rows.First(probe => probe.Group == group).Name;
        return kernel.Probes.First(probe => probe.Name == "isa " + name).Detail;
    }

    private static int MaxBytes(ProgramType type) =>
        type == ProgramType.Unspecified ? KernelFeatures.MaxDataBytes : ushort.MaxValue;
}
