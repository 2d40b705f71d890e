#:package NUnit
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false
#:property NoWarn=$(NoWarn);MA0047

// Runs tests once for each mutant that standard input names, in one process: Stryker's own runners begin a test host for each.
// Arguments: the test assembly, and two patterns of full test names, of what to run and of what shows that the process is still sound.

using System.Reflection;
using System.Runtime.Loader;
using NUnit.Framework.Api;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

TextWriter answers = Console.Out;
Console.SetOut(TextWriter.Null);
Assembly tests = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(args[0]));
Type control = Assembly.Load("BpfConformance.Jit").GetTypes().Single(type => type.Name == "MutantControl");
FieldInfo active = control.GetField("ActiveMutant", BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
    ?? throw new InvalidOperationException("Stryker's switch is not where it was");
var runner = new NUnitTestAssemblyRunner(new DefaultTestAssemblyBuilder());
bool isFresh = args.Length < 3;
bool isLoaded = false;
if (!isFresh) Load(-1);
if (!isFresh && FirstFailure(args[2]) is { } broken) throw new InvalidOperationException($"{broken} fails without a mutant");

while (Console.ReadLine() is { } line)
{
    Load(int.Parse(line));
    string? killer = FirstFailure(args[1]);
    active.SetValue(null, -1);
    bool isSound = !isFresh && (killer is null || FirstFailure(args[2]) is null);
    answers.WriteLine($"{line}\t{(isSound ? "sound" : "spoiled")}\t{killer}");
    answers.Flush();
}

void Load(int mutant)
{
    active.SetValue(null, mutant);
    if (!isLoaded) runner.Load(tests, new Dictionary<string, object> { ["NumberOfTestWorkers"] = 0 });
    isLoaded = true;
}

string? FirstFailure(string pattern)
{
    var first = new FirstFailure(runner);
    runner.Run(first, TestFilter.FromXml($"<filter><test re='1'>{System.Security.SecurityElement.Escape(pattern)}</test></filter>"));
    return first.Name;
}

internal sealed class FirstFailure(NUnitTestAssemblyRunner runner) : ITestListener
{
    public string? Name { get; private set; }

    public void TestFinished(ITestResult result)
    {
        if (Name is not null || result.Test.IsSuite || result.ResultState.Status != TestStatus.Failed) return;
        Name = result.FullName.Split('\n')[0];
        runner.StopRun();
    }

    public void TestStarted(ITest test) { }

    public void TestOutput(TestOutput output) { }

    public void SendMessage(TestMessage message) { }
}
