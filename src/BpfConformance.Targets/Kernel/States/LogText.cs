using System.Buffers.Text;

namespace BpfConformance.Targets.Kernel.States;

/// <summary>Takes the text of a log apart, from its start on. What is not there is not taken.</summary>
/// <param name="text">What is left.</param>
internal ref struct LogText(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>The next byte; 0: there is none.</summary>
    public readonly byte Next => _rest.IsEmpty ? (byte)0 : _rest[0];

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryTake(ReadOnlySpan<byte> word)
    {
        if (!_rest.StartsWith(word)) return false;
        _rest = _rest[word.Length..];
        return true;
    }

    /// <summary>A decimal number without a sign.</summary>
    public bool TryTakeNumber(out int number)
    {
        bool isThere = Utf8Parser.TryParse(_rest, out number, out int used) && char.IsAsciiDigit((char)_rest[0]);
        if (isThere) _rest = _rest[used..];
        return isThere;
    }

    /// <summary>A number as verbose_snum and verbose_unum of kernel/bpf/log.c write it: small ones decimal, others all their bits in hex.</summary>
    public bool TryTakeBits(out ulong bits)
    {
        int used;
        bool isThere;
        if (TryTake("0x"u8))
        {
            isThere = Utf8Parser.TryParse(_rest, out bits, out used, 'x');
        }
        else
        {
            isThere = Utf8Parser.TryParse(_rest, out long number, out used) && Next != '+';
            bits = (ulong)number;
        }

        if (isThere) _rest = _rest[used..];
        return isThere;
    }

    /// <summary>All before one of these bytes, or all.</summary>
    public ReadOnlySpan<byte> TakeUntil(byte one, byte other)
    {
        int end = _rest.IndexOfAny(one, other);
        ReadOnlySpan<byte> taken = end < 0 ? _rest : _rest[..end];
        _rest = _rest[taken.Length..];
        return taken;
    }

    public void SkipSpaces() => _rest = _rest.TrimStart((byte)' ');

    /// <summary>To the space after a word; one within parentheses belongs to it.</summary>
    public void SkipWord()
    {
        int depth = 0;
        int end = 0;
        for (; end < _rest.Length; end++)
        {
            byte next = _rest[end];
            if (next == '(') depth++;
            else if (next == ')') depth--;
            else if (next == ' ' && depth <= 0) break;
        }

        _rest = _rest[end..];
    }
}
