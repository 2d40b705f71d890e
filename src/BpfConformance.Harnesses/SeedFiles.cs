using BpfConformance.Engine.Cases;

namespace BpfConformance.Harnesses;

/// <summary>Makes the seeds of all harnesses: of each folder of a suite the smallest case that gives one.</summary>
internal static class SeedFiles
{
    public static int Make(string suite, TextWriter output)
    {
        CaseSet files = CaseLoader.Load([suite]);
        if (files.Errors is [{ } wrong, ..]) throw new UsageException($"{wrong}");
        foreach (Harness harness in HarnessList.All)
        {
            InputFolder folder = new FuzzFolders(harness.Name).Seeds;
            foreach (string old in folder.Files) File.Delete(old);
            foreach (IGrouping<string, TestCase> cases in files.Cases.GroupBy(test => test.Name.Split('/')[0]))
            {
                byte[]? seed = cases.Where(test => test.Member.Length == 0).Select(harness.SeedOf).OfType<byte[]>().MinBy(bytes => bytes.Length);
                if (seed is not null) folder.Save(seed);
            }

            output.WriteLine($"{folder.Path}: {folder.Files.Count()} inputs");
        }

        return ExitCode.Success;
    }
}
