using System.Diagnostics;
using BpfConformance.Abi.Network;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Targets.Kernel.Network;

/// <summary>
/// What has come out of a connection after a step. The kernel redirects bytes in another thread of its own, and nothing says when that is done: so they
/// are waited for as long as fewer have come than the gate has foreseen, and then as long as more come.
/// </summary>
/// <param name="connection">Which.</param>
/// <param name="fate">What the gate has foreseen.</param>
/// <param name="programs">How many programs the case has.</param>
internal ref struct StreamReading(Connection connection, ReadOnlySpan<byte> fate, int programs)
{
    /// <summary>What has not come in that time does not come.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    /// <summary>What comes in spite of the gate mostly comes in that time.</summary>
    private static readonly TimeSpan s_quiet = TimeSpan.FromMilliseconds(5);

    /// <summary>And what does not, in that time.</summary>
    private static readonly TimeSpan s_settled = TimeSpan.FromMilliseconds(20);

    private readonly ReadOnlySpan<byte> _fate = fate;

    /// <summary>Whether bytes have come out that were not read with the step which they belong to.</summary>
    /// <param name="connection">Of which.</param>
    /// <param name="waits">Whether to wait for them.</param>
    public static bool HasMore(Connection connection, bool waits)
    {
        List<byte> bytes = [];
        long begun = Stopwatch.GetTimestamp();
        while (!(connection.Client.ReadInto(bytes) | connection.Server.ReadInto(bytes)))
        {
            if (!waits || Stopwatch.GetElapsedTime(begun) > s_settled) return false;
            Thread.Sleep(1);
        }

        return true;
    }

    /// <summary>Reads both sides.</summary>
    /// <param name="haveRun">Whether the programs have run that were foreseen.</param>
    /// <param name="into">Takes what was read.</param>
    /// <exception cref="TargetException">There is too much.</exception>
    public readonly void Read(Func<bool> haveRun, ref PacketFate into)
    {
        List<byte> client = [];
        List<byte> server = [];
        (int foreseenClient, int foreseenServer) = (PacketFate.BytesAt(_fate, programs, NetworkPlace.Client), PacketFate.BytesAt(_fate, programs, NetworkPlace.Server));
        long begun = Stopwatch.GetTimestamp();
        long last = begun;
        while (true)
        {
            if (connection.Client.ReadInto(client) | connection.Server.ReadInto(server)) last = Stopwatch.GetTimestamp();
            bool isComplete = client.Count >= foreseenClient && server.Count >= foreseenServer && haveRun();
            if (Stopwatch.GetElapsedTime(last) > s_quiet && (isComplete || Stopwatch.GetElapsedTime(begun) > s_longest)) break;
            Thread.Yield();
        }

        Add(ref into, NetworkPlace.Client, client);
        Add(ref into, NetworkPlace.Server, server);
    }

    private static void Add(ref PacketFate into, NetworkPlace place, List<byte> bytes)
    {
        if (bytes.Count > 0 && !into.TryAddPacket(place, bytes.ToArray())) throw new TargetException("more bytes came out than there is room for");
    }
}
