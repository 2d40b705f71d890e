namespace BpfConformance.Loading.Btf;

/// <summary>Kinds of types (<c>BTF_KIND_*</c>, include/uapi/linux/btf.h, 6.18), same numbers.</summary>
public enum BtfKind
{
    Unknown,
    Int,
    Pointer,
    Array,
    Struct,
    Union,
    Enum,
    Forward,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Function,
    Prototype,
    Variable,
    DataSection,
    Float,
    DeclarationTag,
    TypeTag,
    Enum64,
}

/// <summary>How an integer is shown (<c>BTF_INT_*</c>); the kernel takes at most one of them.</summary>
public enum BtfIntEncoding
{
    Unsigned = 0,
    Signed = 1,
    Character = 2,
    Boolean = 4,
}

/// <summary>Linkage of functions and variables (<c>BTF_FUNC_*</c>, <c>BTF_VAR_*</c>).</summary>
public enum BtfLinkage
{
    Static,
    Global,
    Extern,
}
