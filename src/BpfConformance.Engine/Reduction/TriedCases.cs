using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using BpfConformance.Abi.Maps;
using BpfConformance.Abi.Programs;
using BpfConformance.Engine.Cases;
using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Reduction;

/// <summary>Cases by what machines are given of them: two that are loaded and run alike are one.</summary>
internal sealed class TriedCases
{
    private readonly HashSet<UInt128> _digests = [];

    // No pass changes what user space does, it only leaves it out: a step is itself.
    private readonly Dictionary<UserStep, int> _steps = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether it is a new one.</summary>
    public bool Add(TestCase test)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        Write(writer, test.Program);
        foreach (MapDefinition map in test.Maps) Write(writer, map);
        writer.Write(test.IsSequence);
        foreach (CaseInput input in test.Inputs)
        {
            writer.Write(input.Program);
            Write(writer, input.Data.Span);
            Write(writer, input.Context.Span);
            writer.Write(input.Step is { } step ? NumberOf(step) : -1);
        }

        byte[] hash = SHA256.HashData(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        return _digests.Add(MemoryMarshal.Read<UInt128>(hash));
    }

    private int NumberOf(UserStep step)
    {
        if (_steps.TryGetValue(step, out int number)) return number;
        return _steps[step] = _steps.Count;
    }

    private static void Write(BinaryWriter writer, BpfProgram program)
    {
        Write(writer, MemoryMarshal.AsBytes(program.Instructions.AsSpan()));
        for (int index = 0; index < program.Count; index++)
        {
            ProgramPart part = program[index];
            writer.Write(part.Start);
            writer.Write((int)part.Type);
            writer.Write((int)part.AttachType);
        }

        writer.Write(program.License);
        writer.Write((uint)program.Flags);
    }

    private static void Write(BinaryWriter writer, MapDefinition map)
    {
        foreach (int part in (ReadOnlySpan<int>)[(int)map.Type, map.KeyBytes, map.ValueBytes, map.MaxEntries, (int)map.Flags, map.InnerMap ?? -1]) writer.Write(part);
        writer.Write(map.Extra);
        writer.Write(map.Pin?.Path ?? string.Empty);
        writer.Write(map.Fields.Length);
        foreach (ValueField field in map.Fields) writer.Write(((int)field.Kind, field.Offset).ToString());
        writer.Write(map.Contents.Length);
        foreach (MapEntry entry in map.Contents)
        {
            Write(writer, entry.Key.Span);
            Write(writer, entry.Value.Span);
        }
    }

    private static void Write(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }
}
