using System.Numerics;
using System.Runtime.CompilerServices;
using BpfConformance.Interpreter;
using BpfConformance.Interpreter.Handlers;
using BpfConformance.Interpreter.Semantics;
using BpfConformance.Interpreter.Shadow;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Mutants.Meanings;

internal unsafe struct Alu32<TOperation, TSource> : IMeaning
    where TOperation : struct, IAluOperation
    where TSource : struct, ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => AluHandlers.Alu32<TOperation, TSource, NoShadow>(s, m);
}

internal unsafe struct Alu64<TOperation, TSource> : IMeaning
    where TOperation : struct, IAluOperation
    where TSource : struct, ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => AluHandlers.Alu64<TOperation, TSource, NoShadow>(s, m);
}

internal unsafe struct Extend<TOperation> : IMeaning
    where TOperation : struct, IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => AluHandlers.Extend<TOperation, NoShadow>(s, m);
}

internal unsafe struct InPlace<TOperation> : IMeaning
    where TOperation : struct, IUnaryOperation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => AluHandlers.InPlace<TOperation, NoShadow>(s, m);
}

internal unsafe struct LoadImm64 : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => AluHandlers.LoadImm64<NoShadow>(s, m);
}

internal unsafe struct Jump : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => JumpHandlers.Jump(s, m);
}

internal unsafe struct JumpIf32<TCondition, TSource> : IMeaning
    where TCondition : struct, IJumpCondition
    where TSource : struct, ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => JumpHandlers.JumpIf32<TCondition, TSource, NoShadow>(s, m);
}

internal unsafe struct JumpIf64<TCondition, TSource> : IMeaning
    where TCondition : struct, IJumpCondition
    where TSource : struct, ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => JumpHandlers.JumpIf64<TCondition, TSource, NoShadow>(s, m);
}

internal unsafe struct MayGoto : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => JumpHandlers.MayGoto<NoShadow>(s, m);
}

internal unsafe struct Load<TValue> : IMeaning
    where TValue : unmanaged, IBinaryInteger<TValue>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => MemoryHandlers.Load<TValue, NoShadow>(s, m);
}

internal unsafe struct Store<TValue, TSource> : IMeaning
    where TValue : unmanaged, IBinaryInteger<TValue>
    where TSource : struct, ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => MemoryHandlers.Store<TValue, TSource, NoShadow>(s, m);
}

internal unsafe struct LoadAcquire<TValue> : IMeaning
    where TValue : unmanaged, IBinaryInteger<TValue>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => MemoryHandlers.LoadAcquire<TValue, NoShadow>(s, m);
}

internal unsafe struct StoreRelease<TValue> : IMeaning
    where TValue : unmanaged, IBinaryInteger<TValue>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => MemoryHandlers.StoreRelease<TValue, NoShadow>(s, m);
}

internal unsafe struct Atomic32<TOperation, TFetch> : IMeaning
    where TOperation : struct, IAtomicOperation
    where TFetch : struct, IFetch
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => MemoryHandlers.Atomic32<TOperation, TFetch, NoShadow>(s, m);
}

internal unsafe struct Atomic64<TOperation, TFetch> : IMeaning
    where TOperation : struct, IAtomicOperation
    where TFetch : struct, IFetch
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => MemoryHandlers.Atomic64<TOperation, TFetch, NoShadow>(s, m);
}

internal unsafe struct CallHelper : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => CallHandlers.CallHelper<NoShadow>(s, m);
}

internal unsafe struct CallRegister : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => CallHandlers.CallRegister<NoShadow>(s, m);
}

internal unsafe struct CallLocal : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => CallHandlers.CallLocal<NoShadow>(s, m);
}

internal unsafe struct Exit : IMeaning
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => CallHandlers.Exit<NoShadow>(s, m);
}

internal unsafe struct LegacyPacket<TValue, TSource> : IMeaning
    where TValue : unmanaged
    where TSource : struct, ISource
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slot* Run(Slot* s, Machine* m) => CallHandlers.LegacyPacket<TValue, TSource, NoShadow>(s, m);
}
