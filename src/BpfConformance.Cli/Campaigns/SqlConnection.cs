using Microsoft.Data.Sqlite;

namespace BpfConformance.Cli.Campaigns;

/// <summary>A file of SQLite, in which what is committed is on the disk. One thread at a time. What is wrong with the file is a <see cref="UsageException"/>, whenever it shows.</summary>
internal sealed class SqlConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _path;

    /// <param name="path">Of the file, which is made if there is none.</param>
    /// <param name="patience">How long to wait for others that write to it, in whole seconds.</param>
    /// <exception cref="UsageException">It is no such file.</exception>
    public SqlConnection(string path, TimeSpan patience)
    {
        _path = path;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = Math.Max(1, (int)Math.Ceiling(patience.TotalSeconds)) }.ToString());
        try
        {
            Asked(() => _connection.Open());
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
        }
        catch (UsageException)
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>The number of the last row that was inserted.</summary>
    public long LastRow => Query("SELECT last_insert_rowid()", row => row.GetInt64(0)).Single();

    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        return Asked(command.ExecuteNonQuery);
    }

    /// <exception cref="UsageException">What is there is not what was written.</exception>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        using SqliteDataReader reader = Asked(command.ExecuteReader);
        var rows = new List<T>();
        try
        {
            while (Asked(reader.Read)) rows.Add(read(reader));
            return rows;
        }
        catch (Exception problem) when (problem is FormatException or OverflowException or InvalidCastException or InvalidOperationException)
        {
            throw new UsageException($"the database has what no campaign writes: {problem.Message}");
        }
    }

    /// <summary>All of it, or nothing.</summary>
    public void Together(Action writes)
    {
        using SqliteTransaction transaction = Asked(() => _connection.BeginTransaction());
        writes();
        Asked(transaction.Commit);
    }

    public void Dispose() => _connection.Dispose();

    private void Asked(Action work) => Asked(() =>
    {
        work();
        return 0;
    });

    private T Asked<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException problem)
        {
            throw new UsageException(WordOf(problem));
        }
    }

    /// <summary>By SQLite's result codes (sqlite.org/rescode.html).</summary>
    private string WordOf(SqliteException problem) => problem.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => $"the database '{_path}' is in use by another program, which does not let go of it",
        SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_PERM => $"the database '{_path}' may not be written",
        SQLitePCL.raw.SQLITE_CANTOPEN => $"the database '{_path}' cannot be opened or made",
        SQLitePCL.raw.SQLITE_FULL => $"there is no room for the database '{_path}'",
        SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_CORRUPT => $"'{_path}' is no database of campaigns, or a broken one",
        _ => $"the database '{_path}' cannot be used: {problem.Message}",
    };

    /// <param name="sql">A constant.</param>
    /// <param name="values">$1 and so on.</param>
    private SqliteCommand Command(string sql, ReadOnlySpan<object?> values)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // every caller's is a constant
        command.CommandText = sql;
#pragma warning restore CA2100
        for (int i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i + 1}", values[i] ?? DBNull.Value);
        return command;
    }
}
