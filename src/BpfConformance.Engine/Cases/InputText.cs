using BpfConformance.Engine.Targets;

namespace BpfConformance.Engine.Cases;

/// <summary>What an input of a case is, in words for a person: as its file has it, without bytes.</summary>
public static class InputText
{
    /// <summary><c>run 3</c>; of a sequence <c>step 3 (update jumps)</c>.</summary>
    public static string Of(TestCase test, int input) =>
        test.IsSequence ? $"step {input + 1} ({StepOf(test, test.Inputs[input])})" : $"run {input + 1}";

    private static string StepOf(TestCase test, CaseInput input) => input.Step switch
    {
        MapStep step => $"{Word(step.Command)} {test.Maps[step.Map].Name}",
        BatchStep step => $"{Word(step.Command)} {test.Maps[step.Map].Name}",
        RingStep step => $"{(step.Command == RingCommand.Consume ? "consume" : "produce")} {test.Maps[step.Map].Name}",
        PinStep step => $"{Word(step.Command)} {PinStep.Root}/{step.Path}",
        AttachStep step => $"{(step.IsDetached ? "detach" : "attach")} {test.Program[step.Program].Name} {Vocabulary.Places[step.Place]}",
        ArriveStep step => $"arrive {Vocabulary.Places[step.Device]}",
        SendStep => "send",
        MapAttachStep step => $"{(step.IsDetached ? "detach" : "attach")} {test.Program[step.Program].Name} {test.Maps[step.Map].Name}",
        ConnectStep => "connect client",
        WriteStep step => $"write {Vocabulary.Places[step.Socket]}",
        _ => input.Program == 0 ? "run" : $"run {test.Program[input.Program].Name}",
    };

    private static string Word(MapCommand command) => command switch
    {
        MapCommand.Lookup => "lookup",
        MapCommand.Update => "update",
        MapCommand.Delete => "delete",
        MapCommand.LookupAndDelete => "lookup_and_delete",
        MapCommand.NextKey => "next_key",
        MapCommand.Freeze => "freeze",
    };

    private static string Word(BatchCommand command) => command switch
    {
        BatchCommand.Lookup => "lookup_batch",
        BatchCommand.LookupAndDelete => "lookup_and_delete_batch",
        BatchCommand.Update => "update_batch",
        BatchCommand.Delete => "delete_batch",
    };

    private static string Word(PinCommand command) => command switch
    {
        PinCommand.Pin => "pin",
        PinCommand.Get => "get",
        PinCommand.Unlink => "unlink",
        PinCommand.MakeFolder => "mkdir",
        PinCommand.RemoveFolder => "rmdir",
    };
}
