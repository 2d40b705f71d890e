using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Calls of functions and helpers, exit, and packet loads.</summary>
internal static class CallDefects
{
    private const int FirstKept = (int)Register.R6;
    private const int LastKept = (int)Register.R9;

    public static IEnumerable<Defect> Of(Subject row) => row.Row.Operation switch
    {
        Operation.CallLocal => Calls(row),
        Operation.Exit => Exits(row),
        Operation.CallHelper or Operation.CallRegister => Helpers(row),
        Operation.LegacyAbsolute or Operation.LegacyIndirect => Packets(row),
        _ => [],
    };

    private static IEnumerable<Defect> Calls(Subject row)
    {
        for (int register = FirstKept; register <= LastKept; register++)
        {
            yield return new(
                $"loses-r{register}", MutantClass.Frame, $"did not keep r{register} for the caller",
                row.Around(typeof(LosesKept<,>), Number.Of(register)));
        }

        yield return new("shares-stack", MutantClass.Frame, "gave the function the caller's stack", row.Around(typeof(SharesStack<>)));
        yield return new(
            "stack-8-lower", MutantClass.Frame, "left r10 eight bytes below the end of the stack",
            row.Changed(Place.Of((int)Register.R10), Change.Plus(-8)));
        yield return new(
            "returns-one-later", MutantClass.Frame, "returned one instruction too far", row.Around(typeof(ReturnsTo<,>), Number.Of(2)));
        yield return new("returns-to-itself", MutantClass.Frame, "returned to itself", row.Around(typeof(ReturnsTo<,>), Number.Of(0)));
        yield return new(
            "allows-7-frames", MutantClass.Frame, "allowed only seven frames", row.Around(typeof(FrameLimit<,>), Number.Of(7)));
        yield return new("allows-2-frames", MutantClass.Frame, "allowed only two frames", row.Around(typeof(FrameLimit<,>), Number.Of(2)));
        yield return new(
            "passes-too-many-frames", MutantClass.Frame, "passed over a call that needs a ninth frame", row.Around(typeof(PassesFaults<>)));
        yield return new("does-not-call", MutantClass.Frame, "did not call", typeof(DoesNothing), "X16");
    }

    private static IEnumerable<Defect> Exits(Subject row)
    {
        yield return R0("cuts-r0", "cut r0 to 32 bits", Change.LowBits(32));
        yield return R0("extends-r0", "cut r0 to 32 bits, and sign-extended it", Change.SignedBits(32));
        yield return R0("gives-0", "returned 0", Change.Constant(0));
        yield return R0("gives-one-more", "returned one more", Change.Plus(1));
        yield return R0("gives-complement", "returned the complement of r0", typeof(Complement));
        for (int register = 1; register <= LastKept; register++)
        {
            yield return new(
                $"returns-r{register}", MutantClass.Exit, $"returned r{register}",
                row.Around(typeof(Copies<,,>), Place.Of(register), Place.R0));
        }

        yield return Nested("ends-program", "ended the program in any function", typeof(StopsHere));
        yield return Nested("cuts-r0-of-function", "cut the r0 of a function to 32 bits", row.Changed(Place.R0, Change.LowBits(32)));
        yield return Nested("loses-r0-of-function", "lost the r0 of a function", row.Changed(Place.R0, Change.Constant(0)));
        yield return Nested("keeps-frame", "did not restore r10", row.Changed(Place.Of((int)Register.R10), typeof(Kept)));
        for (int register = FirstKept; register <= LastKept; register++)
        {
            yield return Nested(
                $"does-not-restore-r{register}", $"did not restore r{register}", row.Changed(Place.Of(register), typeof(Kept)));
        }

        Defect R0(string name, string text, Type change) => new(name, MutantClass.Exit, text, row.Changed(Place.R0, change));
        Defect Nested(string name, string text, Type meaning) => new(name, MutantClass.Frame, text, row.When(typeof(IsNested), meaning));
    }

    private static IEnumerable<Defect> Helpers(Subject row)
    {
        yield return R0("r0-not-written", "left r0 as it was", typeof(Kept));
        yield return R0("cuts-r0", "cut r0 to 32 bits", Change.LowBits(32));
        yield return R0("keeps-upper-half", "kept the upper half of r0", Change.KeepsAbove(32));
        yield return R0("one-more", "gave one more", Change.Plus(1));
        yield return new("does-not-call", MutantClass.Helper, "did not call", typeof(DoesNothing));
        yield return new("skips-next", MutantClass.Helper, "skipped the next instruction", row.Around(typeof(GoesOn<,>), Number.Of(2)));
        foreach (Defect argument in Arguments(row)) yield return argument;
        if (row.Is(Operation.CallRegister))
        {
            yield return new(
                "passes-unknown-helpers", MutantClass.Helper, "passed over a helper that there is not", row.Around(typeof(PassesFaults<>)));
            yield break;
        }

        yield return new(
            "helper-one-more", MutantClass.Helper, "called the next helper", typeof(CallsHelper<>).MakeGenericType(Number.Of(1)));
        yield return new(
            "helper-one-less", MutantClass.Helper, "called the helper before", typeof(CallsHelper<>).MakeGenericType(Number.Of(-1)));

        Defect R0(string name, string text, Type change) => new(name, MutantClass.Helper, text, row.Changed(Place.R0, change));
    }

    /// <summary>No helper of the reference has a fifth, and none a size, which is in r2, that needs more than 32 bits.</summary>
    private static IEnumerable<Defect> Arguments(Subject row)
    {
        const int Last = 4;
        for (int register = 1; register <= Last; register++)
        {
            yield return Passes($"passes-0-in-r{register}", $"passed 0 in r{register}", register, Change.Constant(0));
            if (register != 2) yield return Passes($"cuts-r{register}", $"cut r{register} to 32 bits", register, Change.LowBits(32));
            yield return new(
                $"takes-r{register + 1}-for-r{register}", MutantClass.Helper, $"passed r{register + 1} in r{register}",
                row.Around(typeof(Copies<,,>), Place.Of(register + 1), Place.Of(register)));
            if (register == Last) yield break;
            yield return new(
                $"swaps-r{register}-r{register + 1}", MutantClass.Helper, $"passed r{register} and r{register + 1} the other way round",
                row.Around(typeof(Swaps<,,>), Number.Of(register), Number.Of(register + 1)));
        }

        Defect Passes(string name, string text, int register, Type change) =>
            new(name, MutantClass.Helper, text, row.Around(typeof(Passes<,,>), Number.Of(register), change));
    }

    private static IEnumerable<Defect> Packets(Subject row)
    {
        int bits = 8 * row.SizeBytes;
        foreach ((string name, Type value, int size) in ((string, Type, int)[])
            [("8", typeof(byte), 8), ("16", typeof(ushort), 16), ("32", typeof(uint), 32)])
        {
            if (size != bits) yield return new($"loads-{name}", MutantClass.MemorySize, $"loaded {name} bits", row.Of(value));
        }

        if (bits > 8)
        {
            yield return R0(
                "little-endian", MutantClass.ByteOrder, "took the bytes in the other order", Change.ReversedBytes(row.SizeBytes));
        }

        yield return R0("sign-extends", MutantClass.Extension, "sign-extended", Change.SignedBits(bits));
        yield return R0("keeps-upper-half", MutantClass.Extension, "kept the upper half of r0", Change.KeepsAbove(32));
        yield return R0("keeps-upper-bits", MutantClass.Extension, "kept the upper bits of r0", Change.KeepsAbove(bits));
        yield return R0("one-more", MutantClass.Value, "gave one more", Change.Plus(1));
        yield return R0("not-written", MutantClass.Value, "left r0 as it was", typeof(Kept));
        yield return Offset("immediate-ignored", "ignored its immediate", Change.Constant(0));
        yield return Offset("immediate-one-more", "read one byte further", Change.Plus(1));
        yield return Offset("immediate-one-less", "read one byte before", Change.Plus(-1));
        yield return Offset("immediate-of-8-bits", "took eight bits of its immediate", Change.LowBits(8));
        yield return Offset("immediate-of-8-bits-signed", "took eight bits of its immediate, signed", Change.SignedBits(8));
        yield return Offset("immediate-of-16-bits", "took 16 bits of its immediate", Change.LowBits(16));
        yield return Offset("from-link-header", "counted from the link header", Change.Plus(-14));
        yield return new(
            "negative-outside", MutantClass.Offset, "took negative immediates for outside of the packet",
            row.When(typeof(ImmediateIsNegative), row.Misread(typeof(Immediate<>), Change.Constant(int.MaxValue))));
        yield return new(
            "goes-on-outside", MutantClass.Bounds, "went on after a load outside of the packet", row.Around(typeof(GoesOnOutside<>)));
        yield return new(
            "minus-one-outside", MutantClass.Bounds, "returned -1 for a load outside of the packet",
            row.Around(typeof(Outside<,>), Change.Constant(-1)));
        yield return new(
            "keeps-r0-outside", MutantClass.Bounds, "returned the old r0 for a load outside of the packet",
            row.Around(typeof(Outside<,>), typeof(Kept)));
        if (row.Is(Operation.LegacyIndirect))
        {
            yield return new("index-ignored", MutantClass.Offset, "ignored its index", row.WithSecond(typeof(FromImmediate)));
        }

        Defect R0(string name, MutantClass kind, string text, Type change) => new(name, kind, text, row.Changed(Place.R0, change));
        Defect Offset(string name, string text, Type change) => new(name, MutantClass.Offset, text, row.Misread(typeof(Immediate<>), change));
    }
}
