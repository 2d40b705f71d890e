using Microsoft.Data.Sqlite;

namespace BpfConformance.Cli.Campaigns;

/// <summary>A file of SQLite, in which what is committed is on the disk. One thread at a time.</summary>
internal sealed class SqlConnection : IDisposable
{
    private readonly SqliteConnection _connection;

    /// <param name="path">Of the file, which is made if there is none.</param>
    /// <exception cref="UsageException">It is no such file.</exception>
    public SqlConnection(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
        }
        catch (SqliteException problem)
        {
            _connection.Dispose();
            throw new UsageException($"'{path}' is no database of campaigns: {problem.Message}");
        }
    }

    /// <summary>The number of the last row that was inserted.</summary>
    public long LastRow => Query("SELECT last_insert_rowid()", row => row.GetInt64(0)).Single();

    public int Execute(string sql, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <exception cref="UsageException">What is there is not what was written.</exception>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using SqliteCommand command = Command(sql, values);
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<T>();
        try
        {
            while (reader.Read()) rows.Add(read(reader));
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
        using SqliteTransaction transaction = _connection.BeginTransaction();
        writes();
        transaction.Commit();
    }

    public void Dispose() => _connection.Dispose();

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
