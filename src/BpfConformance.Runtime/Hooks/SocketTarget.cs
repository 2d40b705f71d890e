namespace BpfConformance.Runtime.Hooks;

/// <summary>Where bytes of a stream are redirected to.</summary>
/// <param name="Socket">Which socket.</param>
/// <param name="IsIngress">Whether it receives them; else it sends them.</param>
internal readonly record struct SocketTarget(HostSocket Socket, bool IsIngress);
