using static BpfConformance.Abi.Helpers.ArgumentFlags;

namespace BpfConformance.Abi.Helpers;

/// <summary>The words that the arguments of <see cref="HelperRows"/> are written in.</summary>
internal static class HelperArguments
{
    public static HelperArgument Any { get; } = new(ArgumentKind.Anything);

    public static HelperArgument Map { get; } = new(ArgumentKind.Map);

    public static HelperArgument Key { get; } = new(ArgumentKind.MapKey, Read);

    public static HelperArgument Value { get; } = new(ArgumentKind.MapValue, Read);

    public static HelperArgument ValueOut { get; } = new(ArgumentKind.MapValue, ArgumentFlags.Written | Uninitialized);

    /// <summary>Bytes that are read.</summary>
    public static HelperArgument In { get; } = new(ArgumentKind.Memory, Read);

    /// <summary>Bytes that are written, and need hold nothing before (<c>ARG_PTR_TO_UNINIT_MEM</c>).</summary>
    public static HelperArgument Out { get; } = new(ArgumentKind.Memory, ArgumentFlags.Written | Uninitialized);

    /// <summary>Bytes that are written, and must hold something before.</summary>
    public static HelperArgument InOut { get; } = new(ArgumentKind.Memory, ArgumentFlags.Written);

    public static HelperArgument Size { get; } = new(ArgumentKind.Size);

    public static HelperArgument SizeOrZero { get; } = new(ArgumentKind.SizeOrZero);

    public static HelperArgument AllocationSize { get; } = new(ArgumentKind.AllocationSize);

    public static HelperArgument Context { get; } = new(ArgumentKind.Context);

    public static HelperArgument SpinLockField { get; } = new(ArgumentKind.SpinLock);

    public static HelperArgument SocketCommon { get; } = new(ArgumentKind.SocketCommon);

    public static HelperArgument Socket { get; } = new(ArgumentKind.Socket);

    public static HelperArgument SocketObject { get; } = new(ArgumentKind.SocketObject);

    public static HelperArgument Percpu { get; } = new(ArgumentKind.PercpuObject);

    public static HelperArgument RingBufferMemory { get; } = new(ArgumentKind.RingBufferMemory);

    public static HelperArgument Function { get; } = new(ArgumentKind.Function);

    public static HelperArgument Stack { get; } = new(ArgumentKind.Stack);

    public static HelperArgument ConstantString { get; } = new(ArgumentKind.ConstantString);

    public static HelperArgument TimerField { get; } = new(ArgumentKind.Timer);

    public static HelperArgument KernelPointerField { get; } = new(ArgumentKind.KernelPointerField);

    public static HelperArgument Dynptr { get; } = new(ArgumentKind.Dynptr, Read);

    public static HelperArgument LocalDynptrOut { get; } = new(ArgumentKind.LocalDynptr, ArgumentFlags.Written | Uninitialized);

    public static HelperArgument RingBufferDynptr { get; } = new(ArgumentKind.RingBufferDynptr);

    public static HelperArgument RingBufferDynptrOut { get; } =
        new(ArgumentKind.RingBufferDynptr, ArgumentFlags.Written | Uninitialized);

    public static HelperArgument Object(string? type = null) => new(ArgumentKind.KernelObject, Type: type);

    public static HelperArgument InExactly(int bytes) => In with { Bytes = bytes };

    public static HelperArgument OutExactly(int bytes) => Out with { Flags = Out.Flags | Aligned, Bytes = bytes };

    public static HelperArgument InOutExactly(int bytes) => InOut with { Flags = InOut.Flags | Aligned, Bytes = bytes };

    public static HelperArgument Nullable(HelperArgument argument) => argument with { Flags = argument.Flags | ArgumentFlags.Nullable };

    public static HelperArgument Released(HelperArgument argument) => argument with { Flags = argument.Flags | ArgumentFlags.Released };
}
