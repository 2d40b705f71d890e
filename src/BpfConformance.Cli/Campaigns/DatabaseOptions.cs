using System.CommandLine;

namespace BpfConformance.Cli.Campaigns;

/// <summary>The options with which verbs are told where campaigns are kept.</summary>
internal sealed class DatabaseOptions
{
    private const string DefaultFolder = "findings";

    private readonly Option<string> _folder = new("--findings")
    {
        Description = "Folder in which each kind of finding has one of its own",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultFolder,
    };

    private readonly Option<string> _file = new("--db") { Description = $"The campaigns' database. Default: {CampaignDatabase.FileName} in that folder", HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_folder);
        command.Add(_file);
    }

    /// <exception cref="UsageException">It has no name, or is a file.</exception>
    public string Folder(ParseResult parsed) => parsed.GetValue(_folder) switch
    {
        null or "" => throw new UsageException($"{_folder.Name} names no folder"),
        var folder when File.Exists(folder) => throw new UsageException($"{_folder.Name} {folder}: expected a folder, that is a file"),
        var folder => folder,
    };

    /// <summary>The database, which is made if there is none.</summary>
    /// <exception cref="UsageException">It cannot be.</exception>
    public CampaignDatabase Open(ParseResult parsed)
    {
        string folder = Folder(parsed);
        if (parsed.GetValue(_file) is { } file && File.Exists(file)) new CampaignDatabase(file).Dispose(); // before a folder is made in vain
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{_folder.Name} {folder}: the folder cannot be made");
        }

        return new CampaignDatabase(FileOf(parsed));
    }

    /// <exception cref="UsageException">There is none.</exception>
    public CampaignDatabase OpenExisting(ParseResult parsed)
    {
        string file = FileOf(parsed);
        return File.Exists(file) ? new CampaignDatabase(file)
            : throw new UsageException($"there is no campaign in '{Folder(parsed)}': {(Directory.Exists(file) ? $"'{file}' is a folder, expected a database" : $"there is no file '{file}'")}");
    }

    private string FileOf(ParseResult parsed) => parsed.GetValue(_file) ?? Path.Combine(Folder(parsed), CampaignDatabase.FileName);
}
