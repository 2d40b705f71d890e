using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;
using BpfConformance.Abi.Instructions;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Mutants.Meanings;

namespace BpfConformance.Mutants.Catalogue;

/// <summary>A row whose meaning can be taken apart: the shape of its handler, and the parts that the shape is made of.</summary>
internal sealed class Subject
{
    private static readonly FrozenDictionary<string, Type> s_shapes = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        [nameof(AluHandlers.Alu32)] = typeof(Alu32<,>),
        [nameof(AluHandlers.Alu64)] = typeof(Alu64<,>),
        [nameof(AluHandlers.Extend)] = typeof(Extend<>),
        [nameof(AluHandlers.InPlace)] = typeof(InPlace<>),
        [nameof(AluHandlers.LoadImm64)] = typeof(LoadImm64),
        [nameof(JumpHandlers.Jump)] = typeof(Jump),
        [nameof(JumpHandlers.JumpIf32)] = typeof(JumpIf32<,>),
        [nameof(JumpHandlers.JumpIf64)] = typeof(JumpIf64<,>),
        [nameof(JumpHandlers.MayGoto)] = typeof(MayGoto),
        [nameof(MemoryHandlers.Load)] = typeof(Load<>),
        [nameof(MemoryHandlers.Store)] = typeof(Store<,>),
        [nameof(MemoryHandlers.LoadAcquire)] = typeof(LoadAcquire<>),
        [nameof(MemoryHandlers.StoreRelease)] = typeof(StoreRelease<>),
        [nameof(MemoryHandlers.Atomic32)] = typeof(Atomic32<,>),
        [nameof(MemoryHandlers.Atomic64)] = typeof(Atomic64<,>),
        [nameof(CallHandlers.CallHelper)] = typeof(CallHelper),
        [nameof(CallHandlers.CallRegister)] = typeof(CallRegister),
        [nameof(CallHandlers.CallLocal)] = typeof(CallLocal),
        [nameof(CallHandlers.Exit)] = typeof(Exit),
        [nameof(CallHandlers.LegacyPacket)] = typeof(LegacyPacket<,>),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private readonly Type _shape;
    private readonly ImmutableArray<Type> _parts;

    public Subject(InstructionDef row)
    {
        Row = row;
        MethodInfo method = HandlerTable.Checked.MeaningOf(row)!.Method; // only rows that the machine has are subjects
        _shape = s_shapes[method.Name];
        _parts = method.IsGenericMethod ? [.. method.GetGenericArguments()[..^1]] : []; // the last is the shadow
        Original = Close(_shape, _parts);
    }

    public InstructionDef Row { get; }

    /// <summary>What is right.</summary>
    public Type Original { get; }

    /// <summary>The operation, condition or value type.</summary>
    public Type First => _parts[0];

    /// <summary>The source of the second operand, or where an atomic leaves the old value.</summary>
    public Type Second => _parts[1];

    public bool Is32 => Row.Width == OperandWidth.W32;

    public int Bits => (int)Row.Width;

    public int SizeBytes => (int)Row.Size;

    public bool IsShape(params ReadOnlySpan<Type> shapes) => shapes.Contains(_shape);

    public bool Is(params ReadOnlySpan<Operation> operations) => operations.Contains(Row.Operation);

    /// <summary>A defect around the original: the original is its last part.</summary>
    public Type Around(Type decorator, params Type[] parts) => decorator.MakeGenericType([.. parts, Original]);

    /// <summary>The original with a changed result.</summary>
    public Type Changed(Type place, Type change) => Around(typeof(Result<,,>), place, change);

    /// <summary>Something else in a case, the original in all others.</summary>
    public Type When(Type holds, Type defect) => Around(typeof(When<,,>), holds, defect);

    /// <summary>The original with misread fields.</summary>
    public Type Misread(Type edit, Type? change = null) =>
        Around(typeof(Misread<,>), change is null ? edit : edit.MakeGenericType(change));

    /// <summary>The same shape of another operation; an open type takes the original operation as its last part.</summary>
    public Type Of(Type operation, params Type[] parts) =>
        Close(_shape, _parts.SetItem(0, operation.IsGenericTypeDefinition ? operation.MakeGenericType([.. parts, First]) : operation));

    /// <summary>The same operation with another second part.</summary>
    public Type WithSecond(Type second) => Close(_shape, _parts.SetItem(1, second));

    /// <summary>The same parts in another shape.</summary>
    public Type As(Type shape) => Close(shape, _parts);

    private static Type Close(Type shape, ImmutableArray<Type> parts) =>
        parts.IsEmpty ? shape : shape.MakeGenericType([.. parts]);
}
