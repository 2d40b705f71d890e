using BpfConformance.Abi;
using BpfConformance.Abi.Programs;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Targets;
using BpfConformance.Loading.Btf;

namespace BpfConformance.Targets.Kernel;

/// <summary>What it means that the kernel does not load a program.</summary>
internal static class KernelVerdicts
{
    /// <param name="answer">Of the load.</param>
    /// <param name="part">What was loaded.</param>
    /// <param name="build">All that it belongs to.</param>
    public static Verdict Of(LoadAnswer answer, KernelPart part, KernelBuild build) => InRow(OfPart(answer, part, build), build.Request.Program, part.Part);

    /// <summary>A verdict on one program of several, with the pc that counts from the first.</summary>
    public static Verdict InRow(Verdict verdict, BpfProgram program, ProgramPart part) => part == program[0]
        ? verdict
        : verdict with { Pc = part.Start + verdict.Pc, Message = $"program {part.Name}: {verdict.Message}" };

    private static Verdict OfPart(LoadAnswer answer, KernelPart part, KernelBuild build)
    {
        string message = VerifierWords.Of(answer, part);
        (ReasonClass reason, int? pc) = VerifierLog.Classify(answer.Log, answer.Errno, part.PrologueSlots);
        bool isWordless = answer.Errno == (int)Errno.EINVAL && message == VerifierLog.MessageOf(string.Empty, answer.Errno);
        if (isWordless && build.HasProgArrays && part != build.Main)
        {
            // The verifier had nothing against it (kernel/bpf/core.c, 6.18, bpf_check_tail_call).
            (reason, pc, message) = (ReasonClass.InvalidMapReference, null, message + "; it names an array of programs of another type, or with other storage at control groups");
        }

        if (part.Instructions.IsEmpty) (reason, pc) = (ReasonClass.EmptyProgram, null);
        bool hasTypes = LocalFunctions.NeedTypes(part.Instructions.AsSpan());
        if (!hasTypes && answer.Log.Contains("BTF", StringComparison.Ordinal)) message += "\n(loaded without BTF)";
        if (message.Contains(KernelLog.VerifierBug, StringComparison.Ordinal)) return Verdict.Crashed($"the verifier found something wrong in itself: {message}");
        return reason == ReasonClass.NotImplemented || answer.Errno == (int)Errno.EPERM
            ? Verdict.Unsupported(reason, message, pc) with { Errno = answer.Errno }
            : Verdict.Rejected(reason, message, pc, answer.Errno);
    }
}
