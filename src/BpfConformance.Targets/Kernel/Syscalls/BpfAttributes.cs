using System.Runtime.InteropServices;

namespace BpfConformance.Targets.Kernel.Syscalls;

/// <summary>Kernel <c>enum bpf_cmd</c> (include/uapi/linux/bpf.h), the commands that this target needs.</summary>
internal enum BpfCommand
{
    MapCreate = 0,
    MapLookupElem = 1,
    MapUpdateElem = 2,
    MapDeleteElem = 3,
    MapGetNextKey = 4,
    ProgLoad = 5,
    ObjPin = 6,
    ObjGet = 7,
    ProgAttach = 8,
    ProgDetach = 9,
    ProgTestRun = 10,
    ObjGetInfoByFd = 15,
    RawTracepointOpen = 17,
    BtfLoad = 18,
    MapLookupAndDeleteElem = 21,
    MapFreeze = 22,
    MapLookupBatch = 24,
    MapLookupAndDeleteBatch = 25,
    MapUpdateBatch = 26,
    MapDeleteBatch = 27,
    LinkCreate = 28,
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_MAP_CREATE, up to <c>map_extra</c> (5.16); unused members are left zero.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal struct MapCreateAttributes
{
    [FieldOffset(0)] public uint MapType;
    [FieldOffset(4)] public uint KeyBytes;
    [FieldOffset(8)] public uint ValueBytes;
    [FieldOffset(12)] public uint MaxEntries;
    [FieldOffset(16)] public uint Flags;
    [FieldOffset(20)] public int InnerMapFd;
    [FieldOffset(48)] public int BtfFd;
    [FieldOffset(52)] public uint BtfKeyTypeId;
    [FieldOffset(56)] public uint BtfValueTypeId;
    [FieldOffset(64)] public ulong Extra;
}

/// <summary>Kernel <c>union bpf_attr</c> for the commands on elements of maps; BPF_MAP_FREEZE takes the first member alone.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct MapElementAttributes
{
    [FieldOffset(0)] public int MapFd;
    [FieldOffset(8)] public void* Key;

    /// <summary>Of BPF_MAP_GET_NEXT_KEY: where the key goes.</summary>
    [FieldOffset(16)] public void* Value;

    [FieldOffset(24)] public ulong Flags;
}

/// <summary>Kernel <c>union bpf_attr</c> for the commands on many elements of maps, its <c>batch</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 56)]
internal unsafe struct MapBatchAttributes
{
    [FieldOffset(0)] public void* After;
    [FieldOffset(8)] public void* End;
    [FieldOffset(16)] public void* Keys;
    [FieldOffset(24)] public void* Values;

    /// <summary>Becomes how many there were.</summary>
    [FieldOffset(32)] public int Count;

    [FieldOffset(36)] public int MapFd;
    [FieldOffset(40)] public ulong ElementFlags;
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_OBJ_PIN and BPF_OBJ_GET, with <c>path_fd</c> (6.5).</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
internal unsafe struct PinAttributes
{
    [FieldOffset(0)] public byte* Path;
    [FieldOffset(8)] public int Fd;
    [FieldOffset(12)] public uint Flags;
    [FieldOffset(16)] public int FolderFd;
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_OBJ_GET_INFO_BY_FD.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct ObjectInfoAttributes
{
    [FieldOffset(0)] public int Fd;
    [FieldOffset(4)] public uint InfoBytes;
    [FieldOffset(8)] public void* Info;
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_PROG_LOAD, up to <c>log_true_size</c> (6.4); older kernels demand that what they do not know is zero, and it is.</summary>
[StructLayout(LayoutKind.Explicit, Size = 144)]
internal unsafe struct ProgLoadAttributes
{
    [FieldOffset(0)] public uint ProgType;
    [FieldOffset(4)] public uint InstructionCount;
    [FieldOffset(8)] public void* Instructions;
    [FieldOffset(16)] public void* License;
    [FieldOffset(24)] public uint LogLevel;
    [FieldOffset(28)] public uint LogBytes;
    [FieldOffset(32)] public void* Log;
    [FieldOffset(44)] public uint ProgFlags;
    [FieldOffset(68)] public uint ExpectedAttachType;
    [FieldOffset(72)] public int BtfFd;
    [FieldOffset(76)] public uint FunctionRecordBytes;
    [FieldOffset(80)] public void* FunctionRecords;
    [FieldOffset(88)] public uint FunctionCount;
    [FieldOffset(108)] public uint AttachBtfId;
    [FieldOffset(120)] public int* FdArray;

    /// <summary>Written by the kernel (commit 47a71c1f9af0, v6.4): the bytes the whole log would have taken.</summary>
    [FieldOffset(140)] public uint LogTrueBytes;
}

/// <summary>Kernel <c>struct bpf_func_info</c>: the type of the function that begins at a slot of a program.</summary>
internal readonly record struct FunctionRecord(uint Slot, uint TypeId);

/// <summary>Kernel <c>union bpf_attr</c> for BPF_BTF_LOAD, up to <c>btf_log_level</c> (4.18).</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal unsafe struct BtfLoadAttributes
{
    [FieldOffset(0)] public void* Blob;
    [FieldOffset(16)] public uint BlobBytes;
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_PROG_TEST_RUN, up to <c>batch_size</c> (5.18).</summary>
[StructLayout(LayoutKind.Explicit, Size = 80)]
internal unsafe struct TestRunAttributes
{
    [FieldOffset(0)] public int ProgFd;
    [FieldOffset(4)] public uint ReturnValue;
    [FieldOffset(8)] public uint DataInBytes;
    [FieldOffset(12)] public uint DataOutBytes;
    [FieldOffset(16)] public void* DataIn;
    [FieldOffset(24)] public void* DataOut;
    [FieldOffset(32)] public uint Repeat;

    /// <summary>Average nanoseconds of one repetition.</summary>
    [FieldOffset(36)] public uint Duration;

    [FieldOffset(40)] public uint ContextInBytes;
    [FieldOffset(44)] public uint ContextOutBytes;
    [FieldOffset(48)] public void* ContextIn;
    [FieldOffset(56)] public void* ContextOut;
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_RAW_TRACEPOINT_OPEN, up to <c>prog_fd</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct RawTracepointAttributes
{
    [FieldOffset(0)] public byte* Name;
    [FieldOffset(8)] public int ProgFd;
}

/// <summary>Kernel <c>union bpf_attr</c> for BPF_LINK_CREATE, up to what depends on the attach type.</summary>
[StructLayout(LayoutKind.Explicit, Size = 48)]
internal struct LinkCreateAttributes
{
    [FieldOffset(0)] public int ProgFd;
    [FieldOffset(4)] public int TargetFd;
    [FieldOffset(8)] public uint AttachType;
    [FieldOffset(12)] public uint Flags;
}

/// <summary>The same for BPF_PROG_ATTACH and BPF_PROG_DETACH.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ProgAttachAttributes
{
    public int TargetFd;
    public int ProgFd;
    public uint AttachType;
    public uint Flags;
    public int ReplacedFd;
}
