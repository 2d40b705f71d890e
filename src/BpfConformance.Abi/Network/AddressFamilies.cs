namespace BpfConformance.Abi.Network;

/// <summary>Kernel <c>AF_*</c> (include/linux/socket.h, 6.18).</summary>
public static class AddressFamilies
{
    public const uint Unix = 1;
    public const uint InterNetwork = 2;
    public const uint InterNetwork6 = 10;
}
