using BpfConformance.Abi;
using BpfConformance.Runtime.Execution;
using BpfConformance.Runtime.Helpers;
using BpfConformance.Runtime.Memory;
using Conversion = BpfConformance.Runtime.Helpers.TextFormat.Conversion;

namespace BpfConformance.Interpreter.Shadow;

/// <summary>What a sanitised run knows of a text: all of it, when every number in it is a number, and no address is.</summary>
internal static unsafe class FormatShadow
{
    private const int TracePrintk = 6;

    public static bool Has(int helper) => helper is TracePrintk or FormatHelpers.SnprintfNumber or 177;

    /// <summary>Before the helper runs, its arguments checked.</summary>
    public static bool IsKnown(Machine* m, int helper)
    {
        ReadOnlySpan<byte> format = FormatHelpers.FormatOf(m, helper);
        int first = helper == FormatHelpers.SnprintfNumber ? 4 : 3;
        int arguments = helper == TracePrintk ? 3 : (int)Math.Min(m->Registers[first + 1] / sizeof(ulong), TextFormat.MaxArguments);
        Span<Conversion> conversions = stackalloc Conversion[TextFormat.MaxArguments];
        if (TextFormat.Read(format, arguments, conversions, out int count) != Errno.None) return true;
        for (int i = 0; i < count; i++)
        {
            (ulong value, uint provenance) = helper == TracePrintk
                ? (m->Registers[3 + i], m->Provenance[3 + i])
                : Argument(m, m->Registers[first] + (ulong)(i * sizeof(ulong)));
            if (!IsKnown(m, conversions[i].Kind, value, provenance)) return false;
        }

        return true;
    }

    private static bool IsKnown(Machine* m, char kind, ulong value, uint provenance) => kind switch
    {
        'p' => false,
        's' or 'S' when provenance == Provenance.Scalar => value < ProbeHelpers.LowestUser,
        's' => IsKnownString(m, value, provenance),
        'S' => Provenance.IsPointer(provenance),
        _ => provenance == Provenance.Scalar,
    };

    private static bool IsKnownString(Machine* m, ulong address, uint provenance)
    {
        if (!Provenance.IsPointer(provenance) || (provenance & Provenance.VolatileOffset) != 0) return false;
        int count = ProbeHelpers.StringBytes(m, address, TextFormat.MaxStringBytes);
        Region* region = count == 0 ? null : GuestMemory.Find(m, address, count);
        return region != null && !new ReadOnlySpan<byte>(region->Shadow + (uint)address, count).ContainsAnyExcept(ByteShadow.Scalar);
    }

    private static (ulong Value, uint Provenance) Argument(Machine* m, ulong address)
    {
        Region* region = GuestMemory.Find(m, address, sizeof(ulong));
        if (region == null) return (0, Provenance.Scalar); // null: the helper says so
        uint offset = (uint)address;
        var shadow = new ReadOnlySpan<byte>(region->Shadow + offset, sizeof(ulong));
        bool isPointer = offset % sizeof(ulong) == 0 && !shadow.ContainsAnyExcept(ByteShadow.Pointer);
        return (*(ulong*)(region->Base + offset),
            isPointer ? region->Pointers[offset / sizeof(ulong)]
            : shadow.ContainsAnyExcept(ByteShadow.Scalar) ? Provenance.Volatile
            : Provenance.Scalar);
    }
}
