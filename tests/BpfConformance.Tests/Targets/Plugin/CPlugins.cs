using System.Diagnostics;
using BpfConformance.Targets.Processes;
using NUnit.Framework;

namespace BpfConformance.Tests.Targets.Plugin;

/// <summary>The plug-ins in C, compiled once for all tests, where there is a compiler.</summary>
internal static class CPlugins
{
    private static readonly Lazy<string> s_folder = new(Build);

    /// <summary>Skips the test that asks where there is no compiler.</summary>
    public static string ExampleVm => Built("example_vm");

    /// <inheritdoc cref="ExampleVm"/>
    public static string OlderPlugin => Built("older_plugin");

    /// <inheritdoc cref="ExampleVm"/>
    public static string HeaderPlugin => Built("header_plugin");

    /// <summary>One of DPDK's machines: validator, interpreter, jit. Skips the test also where libdpdk-dev is not installed.</summary>
    public static string Dpdk(string machine)
    {
        string path = Built($"dpdk-{machine}");
        if (!File.Exists(path)) Assert.Ignore("libdpdk-dev is not installed, or no pkg-config that finds it");
        return path;
    }

    private static string Built(string name)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("not Linux: there are no plug-ins");
        if (ChildCommand.Tool("gcc") is null) Assert.Ignore("gcc is not installed");
        return Path.Combine(s_folder.Value, name);
    }

    /// <summary>Beside the tests, where nothing is kept.</summary>
    private static string Build()
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "plugins");
        Run("sh", Repository.PathOf("src", "plugins", "build.sh"), folder);
        BuildOne("older_plugin", folder, Repository.PathOf("src", "plugins", "small_vm.c"));
        BuildOne("header_plugin", folder);
        return folder;
    }

    private static void BuildOne(string name, string folder, params string[] others) => Run(
        "gcc",
        [
            "-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", $"-I{Repository.PathOf("src", "plugins")}", "-o", Path.Combine(folder, name),
            Repository.PathOf("tests", "BpfConformance.Tests", "Targets", "Plugin", $"{name}.c"), .. others,
        ]);

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!; // a program, not a document
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors);
    }
}
