using BpfConformance.Abi;
using BpfConformance.Abi.Validation;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Plugin.Protocol;

/// <summary>A verdict as the body of a frame.</summary>
public static class VerdictBody
{
    private const uint NoPc = uint.MaxValue;

    /// <summary>A verdict that the machine broke is none of the protocol's: who broke gives no answer, and who says it of another, trouble.</summary>
    public static void Write(FrameWriter writer, Verdict verdict)
    {
        writer.U8(verdict.Kind switch
        {
            VerdictKind.Accepted => 0,
            VerdictKind.Rejected => 1,
            VerdictKind.Unsupported => 2,
            VerdictKind.Inconclusive or VerdictKind.Crashed => 3,
        });
        writer.Text(verdict.Reason == ReasonClass.None ? string.Empty : Vocabulary.Reasons[verdict.Reason]);
        writer.U32(verdict.Pc is { } pc ? (uint)pc : NoPc);
        writer.U32((uint)(verdict.Errno ?? 0));
        writer.Text(verdict.Message);
    }

    /// <exception cref="BpfFormatException">It is not what it should be.</exception>
    public static Verdict Read(ref BodyReader body)
    {
        byte decision = body.U8("decision");
        string word = body.Text("reason");
        int? pc = body.Pc("pc");
        uint errno = body.U32("errno");
        string message = body.Text("message");
        ReasonClass reason = Vocabulary.Reasons.TryParse(word, out ReasonClass known) ? known : ReasonClass.Other;
        if (word.Length > 0 && reason == ReasonClass.Other && word != nameof(ReasonClass.Other)) message = message.Length == 0 ? word : $"{word}: {message}";
        return decision switch
        {
            0 => Verdict.Accepted,
            1 => new Verdict(VerdictKind.Rejected, reason, message, pc, ErrnoOf(errno)),
            2 => new Verdict(
                VerdictKind.Unsupported, word.Length == 0 ? ReasonClass.NotImplemented : reason, message, pc, ErrnoOf(errno)),
            3 => Verdict.Inconclusive(message),
            _ => throw body.Error($"decision {decision}, expected 0 to 3"),
        };
    }

    private static int? ErrnoOf(uint errno) => errno is > 0 and <= int.MaxValue ? (int)errno : null;
}
