using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Instructions;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;
using BpfConformance.Targets.Kernel;
using BpfConformance.Targets.Kernel.Syscalls;

namespace BpfConformance.Targets.Timing;

/// <summary>
/// What a campaign on the kernel costs at least: a loop in C, compiled here, that makes the same system calls for the same programs. The kernel's target must have
/// run them before: nothing here asks whether they may run.
/// </summary>
public sealed unsafe class BareKernelLoop : IDisposable
{
    private const string Symbol = "bare_kernel_loop";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("bpfconf-loop");
    private readonly KernelMap _results = KernelMap.CreateMemory(ResultsLayout.Bytes, "results");
    private readonly KernelMap _memory;
    private readonly List<GCHandle> _pinned = [];
    private readonly nint _library;
    private readonly delegate* unmanaged<Loop*, uint, uint, int, int> _run;
    private readonly uint _programs;
    private Loop _loop;
    private uint _next;

    /// <param name="compiler">Makes the loop.</param>
    /// <param name="cases">Programs without a hook, maps and functions of their own; all with as many inputs, of as many bytes.</param>
    /// <exception cref="TargetException">It does not compile, or the kernel does not take something.</exception>
    public BareKernelLoop(NativeCompiler compiler, IReadOnlyList<TestCase> cases)
    {
        int dataBytes = cases[0].DataBytes;
        _memory = KernelMap.CreateMemory(dataBytes, "memory");
        _library = Compile(compiler);
        _run = (delegate* unmanaged<Loop*, uint, uint, int, int>)NativeLibrary.GetExport(_library, Symbol);
        _programs = (uint)cases.Count;

        int[] fds = [_results.Fd, _memory.Fd, -1];
        AttachPoint point = AttachPoints.Of(cases[0].Program, cases[0].Program[0]);
        byte[] inputs = [.. cases.SelectMany(test => test.Inputs).SelectMany(input => input.Data.ToArray())];
        var left = new byte[cases.Sum(test => test.Inputs.Length) * (dataBytes + ResultsLayout.Bytes)];
        _loop = new Loop
        {
            Programs = Pinned(cases.Select(test => ProgramOf(test.ToRequest(), fds)).ToArray()),
            Inputs = Pinned(inputs),
            Left = Pinned(left),
            Memory = Start(_memory.Memory),
            Results = Start(_results.Memory),
            Fds = Pinned(fds),
            ProgramCount = _programs,
            InputCount = (uint)cases[0].Inputs.Length,
            MemoryBytes = (uint)dataBytes,
            ResultsBytes = ResultsLayout.Bytes,
            Type = (uint)point.Type,
            Flags = (uint)point.Flags,
        };
        Run(_programs, records: true);
    }

    /// <summary>The average over so many cases in a row, in nanoseconds.</summary>
    /// <exception cref="TargetException">The kernel did not do what it did at first.</exception>
    public double NanosecondsPerCase(int repeat)
    {
        long start = Stopwatch.GetTimestamp();
        Run((uint)repeat, records: false);
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
        Instruction[] given = part.Given(fds);
        Twin twin = part.Twin(0, TwinShape.AllRegisters, hasLongJump: true, out string problem) ?? throw new TargetException(problem);
        Instruction[] resolved = [.. twin.Instructions];
        MapReferences.Resolve(resolved, fds, fds.Length - 1);
        return new LoopProgram { Given = Pinned(given), GivenSlots = (uint)given.Length, Twin = Pinned(resolved), TwinSlots = (uint)resolved.Length };
    }

    private nint Pinned<T>(T[] array)
        where T : unmanaged
    {
        GCHandle handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        _pinned.Add(handle);
        return handle.AddrOfPinnedObject();
    }

    private void Run(uint count, bool records)
    {
        fixed (Loop* loop = &_loop)
        {
            int error = _run(loop, _next, count, records ? 1 : 0);
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
        public nint Left;
        public nint Memory;
        public nint Results;
        public nint Fds;
        public uint ProgramCount;
        public uint InputCount;
        public uint MemoryBytes;
        public uint ResultsBytes;
        public uint Type;
        public uint Flags;
    }
}
