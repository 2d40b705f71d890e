using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>Registers of any instruction: wrong numbers, clobbered ones, and one that is both operands.</summary>
internal static class RegisterDefects
{
    private const int LastWritable = (int)Register.R9;

    public static IEnumerable<Defect> Of(Subject row) => Numbers(row).Concat(Clobbered(row)).Concat(Same(row));

    /// <summary>The register that an instruction writes, or −1.</summary>
    private static Type Written(Subject row) =>
        row.Is(Operation.AtomicCmpxchg, Operation.LegacyAbsolute, Operation.LegacyIndirect, Operation.CallHelper, Operation.CallRegister) ? Place.R0
        : row.Row.IsFetch ? Place.Src
        : row.Row.Dst.Kind == FieldRuleKind.WritableRegister ? Place.Dst
        : typeof(NoFetch);

    private static IEnumerable<Defect> Numbers(Subject row)
    {
        foreach ((string field, FieldRule rule, Type place, Type edit) in ((string, FieldRule, Type, Type)[])
            [("dst", row.Row.Dst, Place.Dst, typeof(DstIs<>)), ("src", row.Row.Src, Place.Src, typeof(SrcIs<>))])
        {
            if (!rule.NamesRegister) continue;
            for (int register = 0; register <= (int)Register.R10; register++)
            {
                if (!rule.Allows(register)) continue;
                int other = (register + 1) % (LastWritable + 1);
                Type misread = row.Misread(edit.MakeGenericType(Number.Of(other)));
                Type holds = typeof(IsRegister<,>).MakeGenericType(place, Number.Of(register));
                yield return new(
                    $"{field}-r{register}-is-r{other}", MutantClass.RegisterNumber, $"took r{other} for {field} where r{register} is named",
                    row.When(holds, misread), "X09 X11 X12");
            }
        }
    }

    private static IEnumerable<Defect> Clobbered(Subject row)
    {
        Type written = Written(row);

        // EXIT leaves nothing in r1–r5 that anybody may read.
        int first = written == Place.R0 ? 1 : row.Is(Operation.Exit) ? (int)Register.R6 : 0;
        for (int register = first; register <= LastWritable; register++)
        {
            yield return new(
                $"clobbers-r{register}", MutantClass.Clobber, $"clobbered r{register}",
                row.Around(typeof(Clobbers<,,>), Number.Of(register), written), "X05 X18");
        }
    }

    private static IEnumerable<Defect> Same(Subject row)
    {
        if (!row.Row.Dst.NamesRegister || !row.Row.Src.NamesRegister) yield break;
        yield return new(
            "nothing-for-itself", MutantClass.Aliasing, "did nothing when dst and src are the same register",
            row.When(typeof(SameRegister), typeof(DoesNothing)));
        Type written = Written(row);
        if (written != typeof(NoFetch))
        {
            yield return new(
                "gives-0-for-itself", MutantClass.Aliasing, "gave 0 when dst and src are the same register",
                row.When(typeof(SameRegister), row.Changed(written, Change.Constant(0))));
        }

        bool isAlu = row.IsShape(typeof(Alu32<,>), typeof(Alu64<,>));
        if (isAlu && !row.Is(Operation.Mov))
        {
            yield return new(
                "second-operand-0-for-itself", MutantClass.Aliasing, "took 0 for the second operand when dst and src are the same register",
                row.When(typeof(SameRegister), row.Of(typeof(Operands<,,>), Change.None, Change.Constant(0))));
            yield return new(
                "first-operand-0-for-itself", MutantClass.Aliasing, "took 0 for the first operand when dst and src are the same register",
                row.When(typeof(SameRegister), row.Of(typeof(Operands<,,>), Change.Constant(0), Change.None)));
        }

        if (!isAlu) yield break;
        yield return new(
            "writes-src", MutantClass.RegisterNumber, "wrote its result to src", row.Around(typeof(Misplaced<,,>), Place.Dst, Place.Src));
    }
}
