namespace BpfConformance.Loading.Btf;

/// <summary>
/// A static function that returns int, which is what the kernel demands of those that can leave the program: types that do for all functions of any program. Parameters are
/// left out: of a static function the kernel follows the registers, whatever is declared.
/// </summary>
public static class StaticFunction
{
    private static readonly (byte[] Types, uint TypeId) s_function = Encode();

    /// <summary>A whole BTF blob.</summary>
    public static ReadOnlySpan<byte> Types => s_function.Types;

    /// <summary>The function's number in it.</summary>
    public static uint TypeId => s_function.TypeId;

    private static (byte[] Types, uint TypeId) Encode()
    {
        var types = new BtfBuilder();
        uint number = types.AddInt("int", sizeof(int), BtfIntEncoding.Signed);
        uint function = types.AddFunction("function", types.AddPrototype(number));
        return (types.ToBytes(), function);
    }
}
