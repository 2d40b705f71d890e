namespace BpfConformance.Abi.Helpers;

/// <summary>What a helper takes in one of r1–r5: the bases of <c>enum bpf_arg_type</c> (include/linux/bpf.h, 6.18).</summary>
public enum ArgumentKind : byte
{
    /// <summary>A value (<c>ARG_ANYTHING</c>).</summary>
    Anything,

    /// <summary>A map (<c>ARG_CONST_MAP_PTR</c>): the one that keys and values after it belong to.</summary>
    Map,

    /// <summary>The address of a key of that map.</summary>
    MapKey,

    /// <summary>The address of a value of that map.</summary>
    MapValue,

    /// <summary>The address of bytes: of as many as the argument says, or else as the next one does.</summary>
    Memory,

    /// <summary>How many, at least one (<c>ARG_CONST_SIZE</c>).</summary>
    Size,

    /// <summary>How many (<c>ARG_CONST_SIZE_OR_ZERO</c>).</summary>
    SizeOrZero,

    /// <summary>How many are to be allocated: a constant (<c>ARG_CONST_ALLOC_SIZE_OR_ZERO</c>).</summary>
    AllocationSize,

    /// <summary>What the program was given in r1 (<c>ARG_PTR_TO_CTX</c>).</summary>
    Context,

    /// <summary>A <c>struct bpf_spin_lock</c> in a map value.</summary>
    SpinLock,

    /// <summary>Any kind of socket that programs see (<c>ARG_PTR_TO_SOCK_COMMON</c>).</summary>
    SocketCommon,

    /// <summary>A full socket (<c>ARG_PTR_TO_SOCKET</c>).</summary>
    Socket,

    /// <summary>A kernel object, known by its BTF type (<c>ARG_PTR_TO_BTF_ID</c>).</summary>
    KernelObject,

    /// <summary>A socket, as programs see it or as a kernel object (<c>ARG_PTR_TO_BTF_ID_SOCK_COMMON</c>).</summary>
    SocketObject,

    /// <summary>A per-CPU variable of the kernel (<c>ARG_PTR_TO_PERCPU_BTF_ID</c>).</summary>
    PercpuObject,

    /// <summary>What was reserved in a ring buffer (<c>ARG_PTR_TO_RINGBUF_MEM</c>).</summary>
    RingBufferMemory,

    /// <summary>A function of the program (<c>ARG_PTR_TO_FUNC</c>).</summary>
    Function,

    /// <summary>Anything on the stack, or null (<c>ARG_PTR_TO_STACK</c>).</summary>
    Stack,

    /// <summary>A string in a read-only map (<c>ARG_PTR_TO_CONST_STR</c>).</summary>
    ConstantString,

    /// <summary>A <c>struct bpf_timer</c> in a map value.</summary>
    Timer,

    /// <summary>A field for kernel pointers in a map value or an allocated object (<c>ARG_KPTR_XCHG_DEST</c>).</summary>
    KernelPointerField,

    /// <summary>A <c>struct bpf_dynptr</c> on the stack, of any kind (<c>ARG_PTR_TO_DYNPTR</c>).</summary>
    Dynptr,

    /// <summary>One over memory of the program (<c>DYNPTR_TYPE_LOCAL</c>).</summary>
    LocalDynptr,

    /// <summary>One over what was reserved in a ring buffer (<c>DYNPTR_TYPE_RINGBUF</c>).</summary>
    RingBufferDynptr,
}

/// <summary>What <c>enum bpf_type_flag</c> adds to an argument.</summary>
[Flags]
public enum ArgumentFlags : byte
{
    None = 0,

    /// <summary>May be null (<c>PTR_MAYBE_NULL</c>).</summary>
    Nullable = 1,

    /// <summary>Is only read (<c>MEM_RDONLY</c>, and keys and values of maps, which have no such flag).</summary>
    Read = 2,

    /// <summary>Is written (<c>MEM_WRITE</c>).</summary>
    Written = 4,

    /// <summary>Need hold nothing before (<c>MEM_UNINIT</c>).</summary>
    Uninitialized = 8,

    /// <summary>Must be aligned to its size (<c>MEM_ALIGNED</c>).</summary>
    Aligned = 16,

    /// <summary>Is gone after the call (<c>OBJ_RELEASE</c>).</summary>
    Released = 32,
}

/// <summary>What one of r1–r5 is to hold.</summary>
/// <param name="Kind">The base.</param>
/// <param name="Flags">What is added.</param>
/// <param name="Bytes">Of <see cref="ArgumentKind.Memory"/> of a fixed size: how many (<c>MEM_FIXED_SIZE</c>); 0: the next argument says it.</param>
/// <param name="Type">Of <see cref="ArgumentKind.KernelObject"/>: its <c>struct</c>; <c>null</c>: what another argument demands.</param>
public readonly record struct HelperArgument(
    ArgumentKind Kind, ArgumentFlags Flags = ArgumentFlags.None, int Bytes = 0, string? Type = null)
{
    /// <summary>Whether it is a dynamic pointer.</summary>
    public bool IsDynptr => Kind is ArgumentKind.Dynptr or ArgumentKind.LocalDynptr or ArgumentKind.RingBufferDynptr;

    public bool Has(ArgumentFlags flag) => (Flags & flag) != ArgumentFlags.None;
}
