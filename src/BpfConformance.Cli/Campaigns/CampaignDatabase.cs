using System.Collections.Immutable;
using System.Globalization;
using BpfConformance.Engine.Campaigns;
using BpfConformance.Engine.Findings;
using BpfConformance.Engine.Generation;
using Microsoft.Data.Sqlite;

namespace BpfConformance.Cli.Campaigns;

/// <summary>Campaigns, what they have done, and what they have found. One thread at a time.</summary>
internal sealed class CampaignDatabase : IDisposable
{
    public const string FileName = "campaigns.db";

    /// <summary>Of the tables below, which set it.</summary>
    private const long Version = 1;

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS campaign (
            id INTEGER PRIMARY KEY, seed TEXT NOT NULL, profiles TEXT NOT NULL, targets TEXT NOT NULL, versions TEXT NOT NULL DEFAULT '', arguments TEXT NOT NULL,
            count INTEGER, seconds REAL, started TEXT NOT NULL, boot TEXT NOT NULL, broken INTEGER NOT NULL DEFAULT 0,
            done_below INTEGER NOT NULL DEFAULT 0, programs INTEGER NOT NULL DEFAULT 0, slots INTEGER NOT NULL DEFAULT 0, digest TEXT NOT NULL DEFAULT '0',
            elapsed_ms INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS done (campaign INTEGER NOT NULL REFERENCES campaign, number INTEGER NOT NULL, PRIMARY KEY (campaign, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS part (campaign INTEGER NOT NULL REFERENCES campaign, number INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (campaign, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS lost (
            campaign INTEGER NOT NULL REFERENCES campaign, number INTEGER NOT NULL, "index" INTEGER NOT NULL, slug TEXT NOT NULL,
            PRIMARY KEY (campaign, number, "index")) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS target (
            campaign INTEGER NOT NULL REFERENCES campaign, name TEXT NOT NULL, accepted INTEGER NOT NULL, rejected INTEGER NOT NULL, unsupported INTEGER NOT NULL,
            inconclusive INTEGER NOT NULL, crashed INTEGER NOT NULL, inputs INTEGER NOT NULL, conclusive INTEGER NOT NULL, PRIMARY KEY (campaign, name)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS reason (
            campaign INTEGER NOT NULL REFERENCES campaign, target TEXT NOT NULL, text TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (campaign, target, text)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS coverage (campaign INTEGER NOT NULL REFERENCES campaign, place INTEGER NOT NULL, PRIMARY KEY (campaign, place)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS finding (
            slug TEXT PRIMARY KEY, oracle TEXT NOT NULL, target TEXT NOT NULL, form TEXT NOT NULL, facet TEXT NOT NULL, "case" TEXT NOT NULL, text TEXT NOT NULL,
            program TEXT NOT NULL, first_seen TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', until TEXT) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS sighting (
            campaign INTEGER NOT NULL REFERENCES campaign, slug TEXT NOT NULL REFERENCES finding, count INTEGER NOT NULL, PRIMARY KEY (campaign, slug)) WITHOUT ROWID;
        PRAGMA user_version = 1
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly SqlConnection _sql;
    private readonly HashSet<int> _savedPlaces = [];

    /// <param name="path">Of its file.</param>
    /// <param name="patience">How long to wait for others that write to it; <c>null</c>: half a minute.</param>
    /// <exception cref="UsageException">It is no such file, or one of another version.</exception>
    public CampaignDatabase(string path, TimeSpan? patience = null)
    {
        _sql = new SqlConnection(path, patience ?? s_patience);
        try
        {
            // Another process may open a new file at the same time: it sees all of the schema, or nothing.
            _sql.Together(() =>
            {
                bool isNew = _sql.Query("SELECT name FROM sqlite_schema", row => row.GetString(0)).Count == 0;
                long version = _sql.Query("PRAGMA user_version", row => row.GetInt64(0)).Single();
                if (!isNew && version != Version) throw new UsageException($"'{path}' is of version {version}, this program's databases are of version {Version}: name another with --db");
                _sql.Execute(Schema);
            });
        }
        catch
        {
            _sql.Dispose();
            throw;
        }
    }

    /// <summary>Every kind of finding, the one that was seen first, first.</summary>
    public List<KnownFinding> Findings => _sql.Query(
        """
        SELECT oracle, target, form, facet, "case", text, program, first_seen, reason, until, (SELECT COALESCE(SUM(count), 0) FROM sighting WHERE sighting.slug = finding.slug)
        FROM finding ORDER BY first_seen, slug
        """,
        row => new KnownFinding(
            FoundOf(row),
            DateTime.Parse(row.GetString(7), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind),
            row.GetInt64(10),
            row.GetString(8),
            row.IsDBNull(9) ? null : DateOnly.Parse(row.GetString(9), CultureInfo.InvariantCulture)));

    /// <summary>The numbers of all campaigns, the last one last.</summary>
    public List<long> Ids => _sql.Query("SELECT id FROM campaign ORDER BY id", row => row.GetInt64(0));

    /// <summary>A campaign; <c>null</c>: there is none of that number.</summary>
    public CampaignRecord? Find(long id) => _sql.Query(
        "SELECT seed, profiles, targets, arguments, count, seconds, boot, broken FROM campaign WHERE id = $1",
        row => new CampaignRecord(
            ulong.Parse(row.GetString(0), CultureInfo.InvariantCulture),
            Lines(row.GetString(1)),
            Lines(row.GetString(2)),
            Lines(row.GetString(3)),
            row.IsDBNull(4) ? null : row.GetInt64(4),
            row.IsDBNull(5) ? null : row.GetDouble(5))
        {
            Boot = row.GetString(6),
            IsBroken = row.GetBoolean(7),
        },
        id).SingleOrDefault();

    /// <summary>A campaign begins.</summary>
    public long Add(CampaignRecord record, DateTime now)
    {
        _sql.Execute(
            "INSERT INTO campaign (seed, profiles, targets, arguments, count, seconds, started, boot) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            $"{record.Seed}", Text(record.Profiles), Text(record.Targets), Text(record.Arguments), record.Count, record.Seconds, Text(now), record.Boot);
        return _sql.LastRow;
    }

    /// <summary>A campaign goes on.</summary>
    public void Resume(long id, CampaignRecord record) =>
        _sql.Execute("UPDATE campaign SET count = $2, seconds = $3, boot = $4, broken = 0 WHERE id = $1", id, record.Count, record.Seconds, record.Boot);

    /// <summary>The kernel was found broken.</summary>
    public void Break(long id) => _sql.Execute("UPDATE campaign SET broken = 1 WHERE id = $1", id);

    public void SetVersions(long id, ImmutableArray<TargetVersion> versions) =>
        _sql.Execute("UPDATE campaign SET versions = $2 WHERE id = $1", id, Text(versions.Select(target => $"{target.Name}: {target.Version}")));

    /// <summary>How far a campaign had come.</summary>
    public CampaignState StateOf(long id)
    {
        var counts = new CaseCounts();
        CampaignState state = _sql.Query(
            "SELECT done_below, programs, slots, digest, elapsed_ms FROM campaign WHERE id = $1",
            row =>
            {
                (counts.Programs, counts.Slots) = (row.GetInt64(1), row.GetInt64(2));
                counts.Digest = ulong.Parse(row.GetString(3), CultureInfo.InvariantCulture);
                return CampaignState.Start with { DoneBelow = row.GetInt64(0), Elapsed = TimeSpan.FromMilliseconds(row.GetInt64(4)), Counts = counts };
            },
            id).Single();
        foreach ((string name, TargetCounts target) in _sql.Query("SELECT name, accepted, rejected, unsupported, inconclusive, crashed, inputs, conclusive FROM target WHERE campaign = $1", CountsOf, id))
        {
            counts.Targets.Add(name, target);
        }

        foreach ((string target, string text, long count) in _sql.Query(
            "SELECT target, text, count FROM reason WHERE campaign = $1", row => (row.GetString(0), row.GetString(1), row.GetInt64(2)), id))
        {
            if (counts.Targets.TryGetValue(target, out TargetCounts? of)) of.Reasons.Add(text, count);
        }

        counts.Covered.UnionWith(_sql.Query("SELECT place FROM coverage WHERE campaign = $1", row => row.GetInt32(0), id));
        foreach ((string slug, long count) in _sql.Query("SELECT slug, count FROM sighting WHERE campaign = $1", row => (row.GetString(0), row.GetInt64(1)), id))
        {
            counts.Findings.Add(slug, count);
        }

        List<FoundCase> found = _sql.Query(
            """SELECT oracle, target, form, facet, "case", text, program FROM finding WHERE slug IN (SELECT slug FROM sighting WHERE campaign = $1)""", FoundOf, id);
        return state with
        {
            DoneAbove = [.. _sql.Query("SELECT number FROM done WHERE campaign = $1", row => row.GetInt64(0), id)],
            Parts = _sql.Query("SELECT number, next FROM part WHERE campaign = $1", row => KeyValuePair.Create(row.GetInt64(0), row.GetInt64(1)), id).ToImmutableSortedDictionary(),
            Lost = [.. _sql.Query("SELECT number, \"index\", slug FROM lost WHERE campaign = $1", row => new LostCase(row.GetInt64(0), row.GetInt64(1), row.GetString(2)), id)],
            Found = found.ToImmutableDictionary(each => each.Signature.Slug),
        };
    }

    /// <summary>How far it has come now.</summary>
    public void Save(long id, CampaignState state, DateTime now) => _sql.Together(() =>
    {
        CaseCounts counts = state.Counts;
        _sql.Execute(
            "UPDATE campaign SET done_below = $2, programs = $3, slots = $4, digest = $5, elapsed_ms = $6 WHERE id = $1",
            id, state.DoneBelow, counts.Programs, counts.Slots, $"{counts.Digest}", (long)state.Elapsed.TotalMilliseconds);
        _sql.Execute("DELETE FROM done WHERE campaign = $1", id);
        foreach (long number in state.DoneAbove) _sql.Execute("INSERT INTO done VALUES ($1, $2)", id, number);
        _sql.Execute("DELETE FROM part WHERE campaign = $1", id);
        foreach ((long number, long next) in state.Parts) _sql.Execute("INSERT INTO part VALUES ($1, $2, $3)", id, number, next);
        _sql.Execute("DELETE FROM lost WHERE campaign = $1", id);
        foreach (LostCase lost in state.Lost) _sql.Execute("INSERT INTO lost VALUES ($1, $2, $3, $4)", id, lost.Range, lost.Index, lost.Slug);
        foreach ((string name, TargetCounts target) in counts.Targets) SaveTarget(id, name, target);
        foreach (int place in counts.Covered.Where(_savedPlaces.Add)) _sql.Execute("INSERT OR IGNORE INTO coverage VALUES ($1, $2)", id, place);
        foreach ((string slug, FoundCase found) in state.Found)
        {
            FindingSignature signature = found.Signature;
            _sql.Execute(
                """INSERT OR IGNORE INTO finding (slug, oracle, target, form, facet, "case", text, program, first_seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
                slug, signature.Oracle, signature.Target, signature.Form, signature.Facet, $"{found.Case}", found.Text, found.Program, Text(now));
            _sql.Execute("INSERT OR REPLACE INTO sighting VALUES ($1, $2, $3)", id, slug, counts.Findings.TryGetValue(slug, out long count) ? count : 0);
        }
    });

    /// <summary>Somebody has said why a finding may be.</summary>
    public void SetKnown(FindingSignature signature, string reason, DateOnly until) =>
        _sql.Execute("UPDATE finding SET reason = $2, until = $3 WHERE slug = $1", signature.Slug, reason, KnownFinding.Text(until));

    public void Dispose() => _sql.Dispose();

    private void SaveTarget(long id, string name, TargetCounts target)
    {
        _sql.Execute(
            "INSERT OR REPLACE INTO target VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id, name, target.Accepted, target.Rejected, target.Unsupported, target.Inconclusive, target.Crashed, target.Inputs, target.Conclusive);
        foreach ((string text, long count) in target.Reasons) _sql.Execute("INSERT OR REPLACE INTO reason VALUES ($1, $2, $3, $4)", id, name, text, count);
    }

    private static (string Name, TargetCounts Counts) CountsOf(SqliteDataReader row) => (row.GetString(0), new TargetCounts
    {
        Accepted = row.GetInt64(1),
        Rejected = row.GetInt64(2),
        Unsupported = row.GetInt64(3),
        Inconclusive = row.GetInt64(4),
        Crashed = row.GetInt64(5),
        Inputs = row.GetInt64(6),
        Conclusive = row.GetInt64(7),
    });

    private static FoundCase FoundOf(SqliteDataReader row) => new(
        new FindingSignature(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)),
        CaseId.TryParse(row.GetString(4)) ?? throw new UsageException($"the database names a case that is none: {row.GetString(4)}"),
        row.GetString(5),
        row.GetString(6));

    private static string Text(IEnumerable<string> words) => string.Join('\n', words);

    private static string Text(DateTime time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static ImmutableArray<string> Lines(string text) => text.Length == 0 ? [] : [.. text.Split('\n')];
}
