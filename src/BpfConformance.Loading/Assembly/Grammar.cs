using System.Diagnostics;

namespace BpfConformance.Loading.Assembly;

/// <summary>
/// All templates as one tree: every line is matched by walking down from <see cref="Root"/>, a token or slot a step,
/// and where it cannot go on, the node's edges are what could have stood there.
/// </summary>
internal sealed class Grammar
{
    public static Grammar Root { get; } = Build();

    /// <summary>What follows a word or symbol that stands for itself.</summary>
    public Dictionary<string, Grammar> Literals { get; } = new(StringComparer.Ordinal);

    /// <summary>What follows a slot; kinds that are read alike share one.</summary>
    public SortedList<SlotKind, Grammar> Slots { get; } = [];

    /// <summary>The form that is complete here; <c>null</c> where every form goes on.</summary>
    public Form? Form { get; private set; }

    private static Grammar Build()
    {
        var root = new Grammar();
        foreach (Form form in Form.All)
        {
            Grammar node = root;
            foreach (Token token in form.Template.Tokens)
            {
                node = Slot.Named(token.Text) is { } slot
                    ? Child(node.Slots, slot.ReadAs)
                    : Child(node.Literals, token.Text);
            }

            // Some lines are the same in both syntaxes.
            bool isNew = node.Form is null;
            if (!isNew && (node.Form!.Row != form.Row || !node.Form.Template.Slots.SequenceEqual(form.Template.Slots)))
            {
                throw new UnreachableException($"'{form.Template}' and '{node.Form.Template}' cannot be told apart");
            }

            node.Form ??= form;
        }

        return root;
    }

    private static Grammar Child<T>(IDictionary<T, Grammar> children, T key)
    {
        if (!children.TryGetValue(key, out Grammar? child)) children[key] = child = new Grammar();
        return child;
    }
}
