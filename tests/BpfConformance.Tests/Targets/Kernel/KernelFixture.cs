using BpfConformance.Abi.Instructions;
using BpfConformance.Abi.Maps;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Kernel;

/// <summary>Gives its tests a kernel, or skips them and says why there is none.</summary>
internal abstract class KernelFixture
{
    private readonly List<IDisposable> _open = [];

    protected KernelTarget Kernel { get; private set; } = null!; // Set before every test that is not skipped.

    protected StubGate Gate { get; private set; } = new();

    [SetUp]
    public void OpenKernel()
    {
        if (KernelTarget.WhyUnavailable() is { } reason) Assert.Ignore(reason);
        Use(new StubGate());
    }

    [TearDown]
    public void CloseKernel()
    {
        _open.Reverse();
        foreach (IDisposable open in _open) open.Dispose();
        _open.Clear();
        Kernel?.Dispose();
        Kernel = null!; // until the next test
    }

    protected void Use(StubGate gate)
    {
        Gate = gate;
        Kernel?.Dispose();
        Kernel = KernelTarget.Create(gate);
    }

    protected T Keep<T>(T disposable)
        where T : IDisposable
    {
        _open.Add(disposable);
        return disposable;
    }

    protected ILoadedProgram Loaded(LoadRequest request)
    {
        LoadResult result = Kernel.Load(request);
        Assert.That(result.Verdict, Is.EqualTo(Verdict.Accepted));
        return Keep(result.Program!);
    }

    protected Outcome[] Run(LoadRequest request, params byte[][] inputs)
    {
        ILoadedProgram program = Loaded(request);
        var batch = new ObservationBatch();
        batch.Reset(inputs.Length, request.DataBytes);
        program.Run(inputs.Select(input => new RunInput(input)).ToArray(), batch);
        return [.. Enumerable.Range(0, inputs.Length).Select(batch.Materialize)];
    }

    protected Outcome RunOnce(Instruction[] program, params MapDefinition[] maps) =>
        Run(Slots.Request(program, 0, maps), [[]])[0];
}
