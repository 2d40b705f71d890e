using BpfConformance.Harnesses;
using BpfConformance.Harnesses.Supervision;

// A worker is started by its supervisor, never by a person, and has no options.
return args is [Worker.Verb, .. string[] rest] ? Worker.Run(WorkerArguments.Parse(rest), Console.Out, Console.Error) : FuzzCommand.Run(args, Console.Out, Console.Error);
