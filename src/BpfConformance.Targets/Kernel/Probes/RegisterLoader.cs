using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Kernel.Probes;

/// <summary>
/// Code for x86-64 that puts values into all registers, the stack pointer among them, and jumps to where they say; what is there comes back to
/// <see cref="ReturnAddress"/>, and then the caller's registers are as they were.
/// </summary>
internal sealed unsafe class RegisterLoader : IDisposable
{
    private const int SignalMaskBytes = 128; // sigset_t
    private const int SetMask = 2; // SIG_SETMASK
    private const int ReturnOffset = 0x46;

    /// <summary>The values are on the page behind the code, as <c>pt_regs</c>, and then the caller's stack pointer.</summary>
    private static readonly byte[] s_code =
    [
        0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57, 0x9c, // push rbx, rbp, r12 to r15, the flags
        0x48, 0x8d, 0x05, 0xee, 0x0f, 0x00, 0x00,                         // lea rax, [values]
        0x48, 0x89, 0xa0, 0xa8, 0x00, 0x00, 0x00,                         // mov [rax + 168], rsp
        0x48, 0x8d, 0xa0, 0x90, 0x00, 0x00, 0x00, 0x9d,                   // lea rsp, [rax + 144]; popfq: no instruction below changes flags
        0x48, 0x89, 0xc4,                                                 // mov rsp, rax
        0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b,       // pop r15, r14, r13, r12, rbp, rbx
        0x41, 0x5b, 0x41, 0x5a, 0x41, 0x59, 0x41, 0x58,                   // pop r11, r10, r9, r8
        0x58, 0x59, 0x5a, 0x5e, 0x5f,                                     // pop rax, rcx, rdx, rsi, rdi
        0x48, 0x8b, 0x64, 0x24, 0x20,                                     // mov rsp, [rsp + 32]
        0xff, 0x25, 0x3a, 0x10, 0x00, 0x00,                               // jmp [values + 128]
        0x48, 0x8b, 0x25, 0x5b, 0x10, 0x00, 0x00,                         // ReturnOffset: mov rsp, [values + 168]
        0x9d, 0x41, 0x5f, 0x41, 0x5e, 0x41, 0x5d, 0x41, 0x5c, 0x5d, 0x5b, // popfq; pop r15 to r12, rbp, rbx
        0xc3,                                                             // ret
    ];

    private static readonly ContextField s_ip = ContextTables.Registers.Field("ip");

    private readonly MappedPages _pages;

    /// <exception cref="TargetException">There is no memory for it.</exception>
    public RegisterLoader()
    {
        _pages = MappedPages.TryMap(address: null, 2, Native.ProtectionRead | Native.ProtectionWrite, null, out CallFailure? problem) ?? throw problem!.ToException();
        s_code.CopyTo(new Span<byte>(_pages.Address, MappedPages.PageBytes));
        if (Native.mprotect(_pages.Address, MappedPages.PageBytes, Native.ProtectionRead | Native.ProtectionExecute) == 0) return;
        TargetException refused = Native.Failed("mprotect");
        _pages.Dispose();
        throw refused;
    }

    /// <summary>Where what is jumped to must jump in the end, with any values in registers.</summary>
    public ulong ReturnAddress => (ulong)_pages.Address + ReturnOffset;

    /// <summary>Jumps. No signal comes in between: it would find no stack.</summary>
    /// <param name="registers">A whole <c>pt_regs</c>.</param>
    /// <param name="start">Where to, whatever it says.</param>
    public void Jump(ReadOnlySpan<byte> registers, ulong start)
    {
        byte* values = _pages.Address + MappedPages.PageBytes;
        registers.CopyTo(new Span<byte>(values, registers.Length));
        *(ulong*)(values + s_ip.Offset) = start;
        byte* all = stackalloc byte[SignalMaskBytes];
        byte* before = stackalloc byte[SignalMaskBytes];
        new Span<byte>(all, SignalMaskBytes).Fill(byte.MaxValue);
        _ = Native.pthread_sigmask(SetMask, all, before);
        ((delegate* unmanaged<void>)_pages.Address)();
        _ = Native.pthread_sigmask(SetMask, before, null);
    }

    public void Dispose() => _pages.Dispose();
}
