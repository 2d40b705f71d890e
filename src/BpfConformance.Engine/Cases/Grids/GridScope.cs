namespace BpfConformance.Engine.Cases.Grids;

/// <summary>The names that mean something at a place of a grid: its axes, and the loops around it.</summary>
internal sealed class GridScope
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GridLine> _texts = new(StringComparer.Ordinal);

    public void Set(string name, long value) => _numbers[name] = value;

    public void Set(string name, GridLine text) => _texts[name] = text;

    public void Remove(string name) => _numbers.Remove(name);

    public bool Has(string name) => _numbers.ContainsKey(name) || _texts.ContainsKey(name);

    public bool TryGet(string name, out long value) => _numbers.TryGetValue(name, out value);

    public GridLine? Text(string name) => _texts.GetValueOrDefault(name);
}
