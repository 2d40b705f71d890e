using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using BpfConformance.Abi.Contexts;
using BpfConformance.Abi.Programs;
using NUnit.Framework;

namespace BpfConformance.Tests.Abi.Contexts;

/// <summary>The structures of C# are those of the tables.</summary>
[TestFixture]
internal sealed class ContextStructuresTests
{
    private static IEnumerable<Type> Structures =>
        typeof(IContext).Assembly.GetTypes().Where(type => type.IsValueType && type.IsAssignableTo(typeof(IContext)));

    [TestCaseSource(nameof(Structures))]
    public void Structure_HasEachNumberOfItsLayout_AndNothingElse(Type structure)
    {
        ContextLayout layout = LayoutOf(structure);

        string[] expected = [.. layout.Fields.Where(field => field is { HasName: true, Value: ContextValue.Number }).Select(field => Capitalized(field.Name))];

        Assert.That(FieldsOf(structure).Select(field => field.Name), Is.EquivalentTo(expected));
        Assert.That(Marshal.SizeOf(structure), Is.EqualTo(layout.SizeBytes));
    }

    [TestCaseSource(nameof(Structures))]
    public void Field_LiesWhereItsLayoutHasIt(Type structure)
    {
        ContextLayout layout = LayoutOf(structure);
        foreach (FieldInfo field in FieldsOf(structure))
        {
            object value = RuntimeHelpers.GetUninitializedObject(structure);
            field.SetValue(value, Ones(field.FieldType));

            byte[] bytes = BytesOf(value);

            ContextField row = layout.Fields.Single(candidate => Capitalized(candidate.Name) == field.Name);
            byte[] expected = new byte[layout.SizeBytes];
            expected.AsSpan(row.Offset, row.SizeBytes).Fill(byte.MaxValue);
            Assert.That(bytes, Is.EqualTo(expected), field.Name);
        }
    }

    [Test]
    public void Every_LayoutOfAHookThatHasNumbers_HasAStructure()
    {
        IEnumerable<ContextLayout> layouts = ProgramTypeTable.Rows
            .Select(row => row.Context?.Layout)
            .OfType<ContextLayout>()
            .Where(layout => layout.Fields.Any(field => field is { HasName: true, Value: ContextValue.Number }) && layout.Name[0] != '(')
            .Distinct();

        Assert.That(layouts.Except(Structures.Select(LayoutOf)).Select(layout => layout.Name), Is.EquivalentTo(new[] { "bpf_raw_tracepoint_args", "bpf_raw_tracepoint_args" }),
            "the arguments of a tracepoint are an array alone");
    }

    private static FieldInfo[] FieldsOf(Type structure) => structure.GetFields(BindingFlags.Public | BindingFlags.Instance);

    private static ContextLayout LayoutOf(Type structure) => (ContextLayout)structure.GetProperty(nameof(IContext.Layout))!.GetValue(null)!;

    private static string Capitalized(string name) =>
        string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static object Ones(Type type) => Read(Enumerable.Repeat(byte.MaxValue, Marshal.SizeOf(type)).ToArray(), type);

    private static object Read(byte[] bytes, Type type)
    {
        GCHandle pinned = GCHandle.Alloc(bytes, GCHandleType.Pinned);
        try
        {
            return Marshal.PtrToStructure(pinned.AddrOfPinnedObject(), type)!;
        }
        finally
        {
            pinned.Free();
        }
    }

    private static byte[] BytesOf(object structure) =>
        (byte[])typeof(IContext).GetMethod(nameof(IContext.BytesOf))!.MakeGenericMethod(structure.GetType()).Invoke(null, [structure])!;
}
