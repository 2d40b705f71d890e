using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Comparison;
using BpfConformance.Engine.Oracles;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.InProcess;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Timing;

/// <summary>
/// What a campaign on the kernel costs at least: a loop in C, compiled here, that makes the same system calls for the same programs. The kernel's target must have
/// run them before: nothing here asks whether they may run. What they leave is held against what the reference says.
/// </summary>
public sealed unsafe class BareKernelLoop : IDisposable
{
    private const string Symbol = "bare_kernel_loop";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpfconf-loop");
    private readonly KernelMap _results = KernelMap.CreateMemory(ResultsLayout.Bytes, "results");
    private readonly KernelMap _memory;
    private readonly List<GCHandle> _pinned = [];
    private readonly nint _library;
    private readonly delegate* unmanaged<Loop*, uint, uint, int> _run;
    private readonly uint _programs;
    private Loop _loop;
    private uint _next;

    /// <param name="compiler">Makes the loop.</param>
    /// <param name="cases">Programs without a hook, maps and functions of their own; all with as many inputs, of as many bytes, a multiple of eight.</param>
    /// <exception cref="TargetException">It does not compile, or the kernel does not take something, or leaves something else than the reference.</exception>
    public BareKernelLoop(NativeCompiler compiler, IReadOnlyList<TestCase> cases)
    {
        int dataBytes = cases[0].DataBytes;
        (ulong[] expected, ulong[] compared) = Expected(cases, dataBytes); // before there is anything to dispose
        _memory = KernelMap.CreateMemory(dataBytes, "memory");
        _library = Compile(compiler);
        _run = (delegate* unmanaged<Loop*, uint, uint, int>)NativeLibrary.GetExport(_library, Symbol);
        _programs = (uint)cases.Count;

        int[] fds = [_results.Fd, _memory.Fd, -1];
        AttachPoint point = AttachPoints.Of(cases[0].Program, cases[0].Program[0]);
        byte[] inputs = [.. cases.SelectMany(test => test.Inputs).SelectMany(input => input.Data.ToArray())];
        _loop = new Loop
        {
            Programs = Pinned(cases.Select(test => ProgramOf(test.ToRequest(), fds)).ToArray()),
            Inputs = Pinned(inputs),
            Expected = Pinned(expected),
            Compared = Pinned(compared),
            Memory = Start(_memory.Memory),
            Results = Start(_results.Memory),
            Fds = Pinned(fds),
            ProgramCount = _programs,
            InputCount = (uint)cases[0].Inputs.Length,
            MemoryWords = (uint)dataBytes / sizeof(ulong),
            ResultsWords = ResultsLayout.Bytes / sizeof(ulong),
            Type = (uint)point.Type,
            Flags = (uint)point.Flags,
        };
        Run(_programs);
    }

    /// <summary>The average over so many cases in a row, in nanoseconds.</summary>
    /// <exception cref="TargetException">The kernel did not do what it did at first.</exception>
    public double NanosecondsPerCase(int repeat)
    {
        long start = Stopwatch.GetTimestamp();
        Run((uint)repeat);
        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / repeat;
    }

    public void Dispose()
    {
        NativeLibrary.Free(_library);
        _pinned.ForEach(handle => handle.Free());
        _memory.Dispose();
        _results.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>What the reference leaves of each input: the memory, and then what a twin shows; and which bits of it do not derive from addresses.</summary>
    private static (ulong[] Expected, ulong[] Compared) Expected(IReadOnlyList<TestCase> cases, int dataBytes)
    {
        int words = (dataBytes + ResultsLayout.Bytes) / sizeof(ulong);
        var expected = new ulong[cases.Sum(test => test.Inputs.Length) * words];
        var compared = new ulong[expected.Length];
        using var reference = new ReferenceTarget();
        var runner = new ExperimentRunner([reference]);
        int place = 0;
        foreach (TestCase test in cases)
        {
            TargetRun run = runner.Run(test).Runs[0];
            ObservationBatch seen = run.Observations ?? throw new TargetException($"the reference does not run a program: {run.Verdict.Message}");
            for (int input = 0; input < seen.Count; input++, place += words)
            {
                MemoryMarshal.Cast<byte, ulong>(seen.Data(input)).CopyTo(expected.AsSpan(place));
                MemoryMarshal.Cast<byte, ulong>(seen.DataMask(input)).CopyTo(compared.AsSpan(place));
                int results = place + (dataBytes / sizeof(ulong));
                PutResults(seen[input], expected.AsSpan(results), compared.AsSpan(results));
            }
        }

        return (expected, compared);
    }

    private static void PutResults(in Observation seen, Span<ulong> expected, Span<ulong> compared)
    {
        for (int i = 0; i < ResultsLayout.Registers.Length; i++)
        {
            int register = (int)ResultsLayout.Registers[i];
            expected[i] = seen.Registers[register];
            compared[i] = (seen.RegistersMask >> register & 1) != 0 ? ulong.MaxValue : 0;
        }

        (expected[ResultsLayout.MarkerIndex], compared[ResultsLayout.MarkerIndex]) = (ResultsLayout.Marker, ulong.MaxValue);
    }

    /// <summary>Mapped memory does not move.</summary>
    private static nint Start(Span<byte> mapped) => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(mapped));

    private nint Compile(NativeCompiler compiler)
    {
        string source = Path.Combine(_folder.FullName, "loop.c");
        using (Stream resource = typeof(BareKernelLoop).Assembly.GetManifestResourceStream($"{Symbol}.c")!) // it is in the project file
        using (FileStream file = File.Create(source))
        {
            resource.CopyTo(file);
        }

        string library = Path.ChangeExtension(source, ".so");
        compiler.Compile(source, library);
        return NativeLibrary.Load(library);
    }

    private LoopProgram ProgramOf(LoadRequest request, int[] fds)
    {
        var part = new KernelPart(request.Program, index: 0, mapCount: 0, hasMemory: true, request.DataBytes);
        Instruction[] given = TwinVerdict.IsThatOfGiven(part) ? [] : part.Given(fds);
        Twin twin = part.Twin(0, TwinShape.AllRegisters, hasLongJump: true, out string problem) ?? throw new TargetException(problem);
        Instruction[] resolved = [.. twin.Instructions];
        MapReferences.Resolve(resolved, fds, fds.Length - 1);
        return new LoopProgram { Given = given.Length == 0 ? 0 : Pinned(given), GivenSlots = (uint)given.Length, Twin = Pinned(resolved), TwinSlots = (uint)resolved.Length };
    }

    private nint Pinned<T>(T[] array)
        where T : unmanaged
    {
        GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        _pinned.Add(handle);
        return handle.AddrOfPinnedObject();
    }

    private void Run(uint count)
    {
        fixed (Loop* loop = &_loop)
        {
            int error = _run(loop, _next, count);
            if (error != 0) throw new TargetException($"the loop in C: {Errnos.Name(-error)}");
        }

        _next = (_next + count) % _programs;
    }

    /// <summary>As <c>struct program</c> in the C.</summary>
    private struct LoopProgram
    {
        public nint Given;
        public nint Twin;
        public uint GivenSlots;
        public uint TwinSlots;
    }

    /// <summary>As <c>struct loop</c> in the C.</summary>
    private struct Loop
    {
        public nint Programs;
        public nint Inputs;
        public nint Expected;
        public nint Compared;
        public nint Memory;
        public nint Results;
        public nint Fds;
        public uint ProgramCount;
        public uint InputCount;
        public uint MemoryWords;
        public uint ResultsWords;
        public uint Type;
        public uint Flags;
    }
}
