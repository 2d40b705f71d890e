using BpfConformance.SeededBugs.Defects;
using BpfConformance.SeededBugs.Hunting;

const int usage = 2;
switch (args)
{
    case [Worker.Verb, var engine]:
        Worker.Serve(engine);
        return 0;
    case [Measurement.Verb, .. var arguments]:
        Measurement.Run(arguments);
        return 0;
    default:
        Console.Error.WriteLine($"{Measurement.Verb} [FILE [SEEDS [SECONDS]]]");
        return usage;
}
