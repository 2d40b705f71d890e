using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.States;

/// <summary>Reads what a log says of a register (kernel/bpf/log.c, 6.18, print_reg_state). What it does not know it leaves unknown.</summary>
internal static class RegisterText
{
    /// <summary>Reads the value behind <c>R3=</c>, and no further than its word.</summary>
    public static BelievedRegister Read(ref LogText text)
    {
        text.TryTake("P"u8); // it has to be known precisely: of no matter to what it can be
        if (text.TryTakeBits(out ulong constant))
        {
            bool isWhole = text.IsEmpty || text.Next == ' ';
            text.SkipWord();
            return isWhole ? BelievedRegister.Of(BelievedScalar.Constant(constant)) : BelievedRegister.Unknown;
        }

        LogText word = text;
        text.SkipWord();
        if (word.TryTake("scalar("u8)) return TryReadRanges(ref word, out BelievedScalar ranges) ? BelievedRegister.Of(ranges) : BelievedRegister.Unknown;
        return IsNeverNull(word) ? BelievedRegister.Pointer : BelievedRegister.Unknown;
    }

    /// <summary>The kinds of which no null is possible while the kernel calls them so (reg_type_str): others are what other programs or the kernel left.</summary>
    private static bool IsNeverNull(LogText word)
    {
        ReadOnlySpan<byte> kind = word.Rest;
        int end = kind.IndexOfAnyExceptInRange((byte)'_', (byte)'z');
        if (end >= 0) kind = kind[..end];
        return kind.SequenceEqual("ctx"u8) || kind.SequenceEqual("fp"u8) || kind.SequenceEqual("map_value"u8) || kind.SequenceEqual("map_ptr"u8)
            || kind.SequenceEqual("pkt"u8) || kind.SequenceEqual("pkt_end"u8) || kind.SequenceEqual("pkt_meta"u8);
    }

    /// <summary>
    /// <c>smin=umin=1,smax=255,…,var_off=(0x0; 0xff))</c>: what holds for all numbers is left out, and names share a value that
    /// has the same bits. Of a half that is negative and not small only its 32 bits are written.
    /// </summary>
    private static bool TryReadRanges(ref LogText text, out BelievedScalar ranges)
    {
        ranges = BelievedScalar.Any;
        while (!text.TryTake(")"u8))
        {
            text.TryTake(","u8);
            ReadOnlySpan<byte> name = text.TakeUntil((byte)'=', (byte)')');
            if (!text.TryTake("="u8)) return false;
            bool isRead = name.SequenceEqual("var_off"u8) ? TryReadBits(ref text, ref ranges)
                : name.SequenceEqual("id"u8) ? TrySkipId(ref text)
                : TryReadBound(name, ref text, ref ranges, out _);
            if (!isRead) return false;
        }

        return true;
    }

    private static bool TryReadBits(ref LogText text, ref BelievedScalar ranges)
    {
        if (!text.TryTake("("u8) || !text.TryTakeBits(out ulong value) || !text.TryTake("; "u8) || !text.TryTakeBits(out ulong mask)) return false;
        ranges = ranges with { Value = value, Mask = mask };
        return text.TryTake(")"u8);
    }

    /// <summary>Registers with the same are the same number, or so far from it: <c>id=3+16</c>.</summary>
    private static bool TrySkipId(ref LogText text)
    {
        text.TakeUntil((byte)',', (byte)')');
        return true;
    }

    /// <param name="name">Of a bound; further names may stand before its value.</param>
    /// <param name="text">What follows the name.</param>
    /// <param name="ranges">Gets the bound.</param>
    /// <param name="bits">Its value, for the names before.</param>
    private static bool TryReadBound(ReadOnlySpan<byte> name, ref LogText text, ref BelievedScalar ranges, out ulong bits)
    {
        if (!text.TryTakeBits(out bits))
        {
            ReadOnlySpan<byte> another = text.TakeUntil((byte)'=', (byte)')');
            if (!text.TryTake("="u8) || !TryReadBound(another, ref text, ref ranges, out bits)) return false;
        }

        unchecked
        {
            BelievedScalar before = ranges;
            ranges = name switch
            {
                _ when name.SequenceEqual("smin"u8) => before with { SMin = (long)bits },
                _ when name.SequenceEqual("smax"u8) => before with { SMax = (long)bits },
                _ when name.SequenceEqual("umin"u8) => before with { UMin = bits },
                _ when name.SequenceEqual("umax"u8) => before with { UMax = bits },
                _ when name.SequenceEqual("smin32"u8) => before with { S32Min = (int)bits },
                _ when name.SequenceEqual("smax32"u8) => before with { S32Max = (int)bits },
                _ when name.SequenceEqual("umin32"u8) => before with { U32Min = (uint)bits },
                _ when name.SequenceEqual("umax32"u8) => before with { U32Max = (uint)bits },
                _ => before, // a bound that later kernels may know
            };
        }

        return true;
    }
}
