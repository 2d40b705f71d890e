using BpfConformance.Jit.X64;

namespace BpfConformance.Tests.Jit.X64;

/// <summary>Jumps with bytes between them, laid out.</summary>
internal sealed unsafe class LaidOutCode : IDisposable
{
    private Emitter _code;

    public LaidOutCode(int labels) => Layout.Clear(labels);

    public CodeLayout Layout { get; } = new();

    /// <summary>So many instructions of one byte.</summary>
    public LaidOutCode Fill(int bytes)
    {
        for (int n = 0; n < bytes; n++)
        {
            _code.Reserve();
            _code.Return();
        }

        return this;
    }

    public LaidOutCode Label(int label)
    {
        Layout.Put(label, _code);
        return this;
    }

    public LaidOutCode Jump(int label, bool isConditional = false)
    {
        _code.Reserve();
        if (isConditional) Layout.JumpIf(ref _code, X64Condition.Less, label);
        else Layout.Jump(ref _code, label);
        return this;
    }

    public LaidOutCode Call(int label)
    {
        _code.Reserve();
        Layout.Call(ref _code, label);
        return this;
    }

    /// <summary>The code as it would run at address 0 … of its own bytes.</summary>
    public byte[] Finish()
    {
        Layout.Shorten(_code);
        var bytes = new byte[Layout.CodeBytes];
        fixed (byte* to = bytes) Layout.Copy(_code, to, to, shared: null);
        return bytes;
    }

    public void Dispose() => _code.Free();
}
