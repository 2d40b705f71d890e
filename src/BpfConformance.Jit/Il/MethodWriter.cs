using System.Reflection;
using System.Reflection.Emit;
using BpfConformance.Abi.Instructions;
using BpfConformance.Runtime.Execution;

namespace BpfConformance.Jit.Il;

/// <summary>Writes the IL of one function: BPF registers are locals, the machine is the first argument.</summary>
internal sealed class MethodWriter
{
    private const int Registers = MachineLimits.RegisterCount;

    private static readonly FieldInfo s_registers = MachineField(nameof(Machine.Registers));

    private readonly LocalBuilder[] _registers = new LocalBuilder[Registers];

    private LocalBuilder? _divisor;
    private LocalBuilder? _wideDivisor;

    /// <param name="il">The method.</param>
    /// <param name="pointers">What is known at its entry.</param>
    public MethodWriter(ILGenerator il, PointerTracker pointers)
    {
        (Il, Pointers) = (il, pointers);
        for (int r = 0; r < Registers; r++) _registers[r] = il.DeclareLocal(typeof(ulong));
    }

    public ILGenerator Il { get; }

    /// <summary>Where a division keeps its divisor.</summary>
    public LocalBuilder Divisor(OperandWidth width) => width == OperandWidth.W64
        ? _wideDivisor ??= Il.DeclareLocal(typeof(ulong))
        : _divisor ??= Il.DeclareLocal(typeof(uint));

    /// <summary>What is known of the registers' values here.</summary>
    public PointerTracker Pointers { get; set; }

    /// <summary>A field of the machine, which emitted code reads by its name.</summary>
    public static FieldInfo MachineField(string name) => typeof(Machine).GetField(name)!; // its name is a member's

    /// <summary>A static method of the run time that emitted code calls.</summary>
    public static MethodInfo Method(Type type, string name) =>
        type.GetMethod(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!; // its name is a member's

    public void PushMachine() => Il.Emit(OpCodes.Ldarg_0);

    public void Push(Register register) => Il.Emit(OpCodes.Ldloc, _registers[(int)register]);

    public void Push(long constant) => Il.Emit(OpCodes.Ldc_I8, constant);

    public void Push(int constant) => Il.Emit(OpCodes.Ldc_I4, constant);

    /// <summary>The low half, as IL's int32.</summary>
    public void PushLow(Register register)
    {
        Push(register);
        Il.Emit(OpCodes.Conv_U4);
    }

    /// <summary>A register at some width.</summary>
    public void Push(Register register, OperandWidth width)
    {
        if (width == OperandWidth.W64) Push(register);
        else PushLow(register);
    }

    /// <summary>A second operand at some width; 64 bits of an immediate are its sign extension (RFC 9669 section 4.1).</summary>
    public void Push(Operand operand, OperandWidth width)
    {
        if (operand.IsRegister) Push(operand.Register, width);
        else if (width == OperandWidth.W64) Push((long)operand.Immediate);
        else Push(operand.Immediate);
    }

    /// <summary>Register plus offset.</summary>
    public void PushAddress(Register register, long offset)
    {
        Push(register);
        if (offset == 0) return;
        Push(offset);
        Il.Emit(OpCodes.Add);
    }

    /// <summary>At the function's entry, whose registers the tracker knows: stores the value on IL's stack.</summary>
    public void Initialize(Register register) => Il.Emit(OpCodes.Stloc, _registers[(int)register]);

    /// <summary>Stores the value on IL's stack.</summary>
    public void Pop(Register register)
    {
        Initialize(register);
        Pointers[register] = null;
    }

    /// <summary>The same; a 32-bit result clears the upper half (RFC 9669 section 4.1).</summary>
    public void Pop(Register register, OperandWidth width)
    {
        if (width == OperandWidth.W32) Il.Emit(OpCodes.Conv_U8);
        Pop(register);
    }

    /// <summary>A register of the machine.</summary>
    public void PushFromMachine(Register register)
    {
        PushMachineRegister(register);
        Il.Emit(OpCodes.Ldind_I8);
    }

    /// <summary>Puts a register into the machine.</summary>
    public void StoreToMachine(Register register)
    {
        PushMachineRegister(register);
        Push(register);
        Il.Emit(OpCodes.Stind_I8);
    }

    private void PushMachineRegister(Register register)
    {
        PushMachine();
        Il.Emit(OpCodes.Ldflda, s_registers);
        if (register == Register.R0) return;
        Push((int)register * sizeof(ulong));
        Il.Emit(OpCodes.Add);
    }
}
