using CodexClaudeProxy.Files;
using CodexClaudeProxy.Sqlite;

namespace CodexClaudeProxy.Activity;

/// <summary>The database file <c>activity.db</c>: its tables, and what is done when it is damaged or from a newer version.</summary>
internal sealed class ActivityFile(string path, TimeProvider time)
{
    /// <summary>In the file as <c>user_version</c>; 0 is an empty file.</summary>
    public const int Version = 4;

    private static readonly TimeSpan WriterPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(1);

    // Texts that come again and again are kept once. The details are a table of their own, because few ever want them.
    private const string Tables = """
        CREATE TABLE words(id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
        CREATE TABLE requests(
          id INTEGER PRIMARY KEY, request BLOB NOT NULL, received INTEGER NOT NULL, ended INTEGER NOT NULL, path INTEGER NOT NULL, client INTEGER,
          requested INTEGER, upstream INTEGER, lane INTEGER, effort INTEGER, streamed INTEGER NOT NULL, account INTEGER, conversation INTEGER,
          session INTEGER, agent INTEGER, project INTEGER, status INTEGER, outcome INTEGER NOT NULL, stop INTEGER, error_type INTEGER,
          error_code INTEGER, error_message TEXT, attempts INTEGER NOT NULL, held INTEGER NOT NULL, connect INTEGER, first_event INTEGER,
          first_token INTEGER, total INTEGER NOT NULL, fresh INTEGER, cached INTEGER, written INTEGER, output INTEGER, reasoning INTEGER,
          estimated INTEGER NOT NULL, searches INTEGER NOT NULL, side INTEGER, access_key INTEGER);
        CREATE INDEX requests_ended ON requests(ended);
        CREATE INDEX requests_request ON requests(request);
        CREATE INDEX requests_session ON requests(session) WHERE session IS NOT NULL;
        CREATE INDEX requests_conversation ON requests(conversation) WHERE conversation IS NOT NULL;
        CREATE INDEX requests_trouble ON requests(outcome) WHERE outcome <> 0;
        CREATE TABLE details(id INTEGER PRIMARY KEY, json BLOB NOT NULL);
        CREATE TABLE rollups(
          span INTEGER NOT NULL, dimension INTEGER NOT NULL, at INTEGER NOT NULL, word INTEGER NOT NULL, requests INTEGER NOT NULL,
          failed INTEGER NOT NULL, departed INTEGER NOT NULL, measured INTEGER NOT NULL, fresh INTEGER NOT NULL, cached INTEGER NOT NULL,
          written INTEGER NOT NULL, output INTEGER NOT NULL, reasoning INTEGER NOT NULL, first_token BLOB, total BLOB,
          PRIMARY KEY(span, dimension, at, word)) WITHOUT ROWID;
        """;

    public string Path => path;

    /// <summary>The bytes of the file and of what is not yet merged into it.</summary>
    public long Bytes => LengthOf(path) + LengthOf(path + "-wal");

    /// <summary>Opens for writing, with everything in place.</summary>
    /// <exception cref="NewerFileException">A newer version of the program has taken over the file.</exception>
    /// <exception cref="SqliteException">It cannot be opened, or is damaged.</exception>
    public Database OpenForWriting()
    {
        // SQLite would let everybody read it; what it puts beside gets the same rights.
        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        if (!File.Exists(path)) new FileStream(path, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)).Dispose();
        Database database = Database.Open(path, create: true, WriterPatience);
        try
        {
            // The order matters: auto_vacuum can only be chosen while the file is empty. With WAL and NORMAL a crash of the
            // program loses nothing that was committed, and a crash of the system at most the end.
            // What is deleted is overwritten, also where SQLite was not built so.
            database.Execute("""
                PRAGMA secure_delete = ON;
                PRAGMA auto_vacuum = INCREMENTAL;
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = NORMAL;
                PRAGMA cache_size = -1000;
                PRAGMA journal_size_limit = 4194304;
                """);
            if (database.Number("PRAGMA user_version") == 0) database.InTransaction(() => CreateTables(database));
            if (IsOlder(database)) database.InTransaction(() => ActivityUpgrade.Run(database));
            RefuseNewer(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Opens for one query; null when nothing has been written yet.</summary>
    public Database? OpenForReading()
    {
        if (!File.Exists(path)) return null;
        Database database = Database.Open(path, create: false, ReaderPatience);
        try
        {
            database.Execute("PRAGMA query_only = 1");
            if (IsOlder(database)) OpenForWriting().Dispose();
            bool isEmpty = database.Number("PRAGMA user_version") == 0;
            RefuseNewer(database);
            if (!isEmpty)
            {
                // All statements of a query see the file at one moment, whatever is written meanwhile.
                database.Execute("BEGIN");
                return database;
            }

            database.Dispose();
            return null;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Puts a damaged file aside, unless another process has done so already.</summary>
    /// <returns>Where it went, or null.</returns>
    public async Task<string?> QuarantineAsync(CancellationToken cancellation)
    {
        using FileLock guard = await FileLock.AcquireAsync(path + ".lock", WriterPatience, time, cancellation);
        if (IsSound()) return null;
        string aside = $"{path}.damaged-{time.GetUtcNow():yyyyMMdd'T'HHmmss}";
        foreach (string suffix in (ReadOnlySpan<string>)["", "-wal", "-shm"])
        {
            if (File.Exists(path + suffix)) BusyFile.Move(path + suffix, aside + suffix);
        }

        return aside;
    }

    private bool IsSound()
    {
        try
        {
            using Database? database = OpenForReading();
            if (database is null) return true;
            Statement check = database.Prepare("PRAGMA quick_check(1)");
            return check.Step() && check.Text(0) == "ok";
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    private static void CreateTables(Database database)
    {
        // Another process may have been quicker.
        if (database.Number("PRAGMA user_version") != 0) return;
        database.Execute(Tables + ActivityUpgrade.TokensTable + ActivityUpgrade.KeyIndex);
        database.Execute($"PRAGMA user_version = {Version}");
    }

    private static bool IsOlder(Database database) => database.Number("PRAGMA user_version") is > 0 and < Version;

    private static void RefuseNewer(Database database)
    {
        if (database.Number("PRAGMA user_version") > Version) throw new NewerFileException();
    }

    private static long LengthOf(string file) => new FileInfo(file) is { Exists: true } found ? found.Length : 0;
}

/// <summary>The file was written by a newer version of the program: it is left alone.</summary>
internal sealed class NewerFileException() : Exception("the file is from a newer version of this program");
