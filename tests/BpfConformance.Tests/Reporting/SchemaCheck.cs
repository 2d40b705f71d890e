using System.Text.Json;

namespace BpfConformance.Tests.Reporting;

/// <summary>
/// The part of JSON Schema (draft 2020-12) that the project's schemas use. A keyword that it does not know is an
/// error, so that no schema says more than is checked.
/// </summary>
internal sealed class SchemaCheck(JsonElement root)
{
    private readonly List<string> _violations = [];

    public IReadOnlyList<string> Violations(JsonElement instance)
    {
        _violations.Clear();
        Check(root, instance, "$");
        return _violations;
    }

    private void Check(JsonElement schema, JsonElement instance, string path)
    {
        foreach (JsonProperty keyword in schema.EnumerateObject()) Check(schema, keyword, instance, path);
    }

    private void Check(JsonElement schema, JsonProperty keyword, JsonElement instance, string path)
    {
        JsonElement value = keyword.Value;
        switch (keyword.Name)
        {
            case "$schema" or "$id" or "$defs" or "title" or "description":
                break;
            case "$ref":
                Check(root.GetProperty("$defs").GetProperty(value.GetString()!["#/$defs/".Length..]), instance, path);
                break;
            case "type":
                string[] types = value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select(type => type.GetString()!)] : [value.GetString()!];
                Require(types.Any(type => IsOf(type, instance)), $"{path}: not of type {string.Join(" or ", types)}");
                break;
            case "const":
                Require(JsonElement.DeepEquals(value, instance), $"{path}: not {value.GetRawText()}");
                break;
            case "enum":
                Require(value.EnumerateArray().Any(each => JsonElement.DeepEquals(each, instance)), $"{path}: not one of the values");
                break;
            case "minimum":
                Require(instance.ValueKind != JsonValueKind.Number || instance.GetDouble() >= value.GetDouble(), $"{path}: below {value.GetRawText()}");
                break;
            case "required":
                foreach (string? name in value.EnumerateArray().Select(each => each.GetString()))
                {
                    Require(instance.ValueKind != JsonValueKind.Object || instance.TryGetProperty(name!, out _), $"{path}: lacks {name}");
                }

                break;
            case "properties" when instance.ValueKind == JsonValueKind.Object:
                foreach (JsonProperty property in value.EnumerateObject())
                {
                    if (instance.TryGetProperty(property.Name, out JsonElement member)) Check(property.Value, member, $"{path}.{property.Name}");
                }

                break;
            case "additionalProperties" when instance.ValueKind == JsonValueKind.Object:
                foreach (JsonProperty member in instance.EnumerateObject())
                {
                    Require(schema.GetProperty("properties").TryGetProperty(member.Name, out _), $"{path}: unknown member {member.Name}");
                }

                break;
            case "items" when instance.ValueKind == JsonValueKind.Array:
                int index = 0;
                foreach (JsonElement item in instance.EnumerateArray()) Check(value, item, $"{path}[{index++}]");
                break;
            case "properties" or "additionalProperties" or "items":
                break;
            default:
                throw new NotSupportedException($"keyword {keyword.Name}");
        }
    }

    private static bool IsOf(string type, JsonElement instance) => instance.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && instance.TryGetInt64(out _)),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Undefined => false,
    };

    private void Require(bool holds, string violation)
    {
        if (!holds) _violations.Add(violation);
    }
}
