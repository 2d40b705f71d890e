namespace BpfConformance.Runtime.Hooks;

/// <summary>What is to become of bytes of a stream (include/linux/skmsg.h, 6.18, <c>enum __sk_action</c>).</summary>
internal enum StreamVerdict
{
    Drop,
    Pass,
    Redirect,
}
