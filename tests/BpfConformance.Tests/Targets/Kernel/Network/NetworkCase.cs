using System.Text;
using BpfConformance.Abi.Network;

namespace BpfConformance.Tests.Targets.Kernel.Network;

/// <summary>
/// A random vector of the network: programs of all its hooks, which verifiers take, steps that attach and detach them, packets that arrive
/// and are sent, and runs beside. No fate is stated rightly: machines are compared.
/// </summary>
internal sealed class NetworkCase
{
    private static readonly (string Name, NetworkHook Hook, string Place)[] s_programs =
    [
        ("main", NetworkHook.Xdp, "device"), ("xdp", NetworkHook.Xdp, "device"),
        ("in", NetworkHook.TcIngress, "device"), ("in2", NetworkHook.TcIngress, "device"),
        ("out", NetworkHook.TcEgress, "device"), ("out2", NetworkHook.TcEgress, "device"),
        ("group", NetworkHook.GroupIngress, "group"), ("group2", NetworkHook.GroupIngress, "group"),
        ("groupout", NetworkHook.GroupEgress, "group"), ("filter", NetworkHook.SocketFilter, "receiver"),
        ("lookup", NetworkHook.SocketLookup, "host"), ("lookup2", NetworkHook.SocketLookup, "host"),
        ("route", NetworkHook.RouteIn, "device"), ("leaving", NetworkHook.RouteOut, "device"), ("transmit", NetworkHook.RouteTransmit, "device"),
        ("pick", NetworkHook.PortGroup, "first"), ("pick2", NetworkHook.PortGroup, "first"),
    ];

    private readonly StringBuilder _text = new();
    private readonly Random _random;
    private readonly NetworkChoices _choices;
    private readonly SocketSnippets _sockets;
    private readonly FrameSnippets _frames;

    /// <summary>The frame of all runs, which have the same number of bytes.</summary>
    private readonly string _ran;

    /// <summary>Programs that send copies: in a run beside the network those are left open.</summary>
    private readonly HashSet<string> _copying = [];

    /// <param name="random">Chance.</param>
    public NetworkCase(Random random)
    {
        (_random, _sockets, _frames) = (random, new SocketSnippets(random), new FrameSnippets(random));
        _choices = NetworkChoices.Of(random);
        _ran = _frames.Datagram();
    }

    /// <summary>Whether its end may be left open.</summary>
    public bool EndsOpen => _choices.EndsOpen;

    public string Text()
    {
        Line("-- maps");
        foreach ((string name, _, _) in s_programs) Line($"seen_{name}: array key 4 value 8 entries 1");
        Line("devices: devmap key 4 value 4 entries 4", "00000000 = 07000000", "01000000 = 08000000");
        Line("hashed: devmap_hash key 4 value 4 entries 4", "05000000 = 08000000");
        Line(_sockets.Maps());
        var programs = new NetworkProgram(_random, _choices, _sockets);
        foreach ((string name, NetworkHook hook, _) in s_programs)
        {
            string[] program = [.. programs.Lines(name, hook)];
            Line(program);
            if (program.Contains("call 13")) _copying.Add(name);
        }

        Line("-- steps", "attach pick first -> ok", "attach transmit left -> ok");
        for (int steps = _random.Next(8, 25); steps > 0; steps--) Line(Step());
        Line($"arrive left {_frames.Frame()} -> nothing");
        return _text.ToString();
    }

    private string[] Step() => _random.Next(7) switch
    {
        0 or 1 => Attach(),
        2 => [$"send {Pick("10.0.0.2", "10.0.1.2")}:{_random.Next(10)} {Convert.ToHexStringLower(_frames.Bytes(_random.Next(1, 40)))} -> nothing"],
        3 => [_sockets.Step()],
        4 => Run(),
        _ => [$"arrive {Pick("left", "left", "right")} {_frames.Frame()} -> nothing"],
    };

    private string[] Attach()
    {
        (string name, NetworkHook hook, string place) = Pick(s_programs);
        if ((hook == NetworkHook.SocketLookup && _choices.LooksUp) || (hook == NetworkHook.TcEgress && _choices.ClonesOut)) return [];
        if (place == "device") place = Pick("left", "left", "right");
        return [$"{(hook == NetworkHook.PortGroup ? "attach" : Pick("attach", "attach", "attach", "detach"))} {name} {place} -> ok"];
    }

    /// <summary>Beside the network: what is attached there must not see anything of it.</summary>
    private string[] Run()
    {
        (string name, NetworkHook hook, _) = Pick(s_programs);
        bool isKnown = hook is NetworkHook.Xdp or NetworkHook.TcIngress or NetworkHook.TcEgress && (_choices.EndsOpen || !_copying.Contains(name));
        return isKnown ? [$"run {name} {_ran} -> 0"] : [];
    }

    private void Line(params ReadOnlySpan<string> lines)
    {
        foreach (string line in lines) _text.AppendLine(line);
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];
}
