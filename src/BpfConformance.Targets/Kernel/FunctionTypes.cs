using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>The types of the functions of programs that have none and do not load without: one for all of them (<see cref="StaticFunction"/>).</summary>
internal sealed class FunctionTypes : IDisposable
{
    private FileDescriptor? _types;

    /// <summary>func_info of the slots as they are loaded; empty where the kernel takes the program without.</summary>
    public static FunctionRecord[] Of(ReadOnlySpan<Instruction> program) => LocalFunctions.NeedTypes(program)
        ? [.. LocalFunctions.Starts(program).Select(slot => new FunctionRecord((uint)slot, StaticFunction.TypeId))]
        : [];

    /// <summary>The types' descriptor, loaded when first asked for; <c>null</c> and the error: the kernel does not take them.</summary>
    public FileDescriptor? TryLoad(out int errno)
    {
        errno = 0;
        return _types ??= BtfObject.TryLoad(StaticFunction.Types, out errno);
    }

    public void Dispose() => _types?.Dispose();
}
