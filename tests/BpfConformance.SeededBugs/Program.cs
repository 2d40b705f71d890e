using BpfConformance.SeededBugs.Defects;

switch (args)
{
    case [Worker.Verb, var engine]:
        Worker.Serve(engine);
        return 0;
    default:
        return 2;
}
