using BpfConformance.Abi.Instructions;
using BpfConformance.Loading.Btf;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel;

/// <summary>
/// The types of the functions of programs that have none and do not load without. One type does for all of them: a
/// static function that returns int, which is what the kernel demands of those that can leave the program. Parameters are
/// left out: of a static function the kernel follows the registers, whatever is declared.
/// </summary>
internal sealed class FunctionTypes : IDisposable
{
    private static readonly (byte[] Blob, uint TypeId) s_function = Encode();

    private FileDescriptor? _types;

    /// <summary>func_info of the slots as they are loaded; empty where the kernel takes the program without.</summary>
    public static FunctionRecord[] Of(ReadOnlySpan<Instruction> program) => LocalFunctions.NeedTypes(program)
        ? [.. LocalFunctions.Starts(program).Select(slot => new FunctionRecord((uint)slot, s_function.TypeId))]
        : [];

    /// <summary>The types' descriptor, loaded when first asked for; <c>null</c> and the error: the kernel does not take them.</summary>
    public FileDescriptor? TryLoad(out int errno)
    {
        errno = 0;
        return _types ??= BtfObject.TryLoad(s_function.Blob, out errno);
    }

    public void Dispose() => _types?.Dispose();

    private static (byte[] Blob, uint TypeId) Encode()
    {
        var types = new BtfBuilder();
        uint number = types.AddInt("int", sizeof(int), BtfIntEncoding.Signed);
        uint function = types.AddFunction("function", types.AddPrototype(number));
        return (types.ToBytes(), function);
    }
}
