using System.Diagnostics;
using FakeCodex;

namespace CodexClaudeProxy.Load.Targets;

/// <summary>How each program is started: as the user who measures, with files in a temporary directory only.</summary>
internal sealed class Programs(string directory, int backendPort, string? authorityFile)
{
    private static readonly string[] TemporaryPaths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    /// <summary>As Debian configures it, but for what streams and large bodies need, and without an access log.</summary>
    public Target Nginx(string binary)
    {
        int port = Target.FreePort();
        string folder = Directory.CreateDirectory(Path.Combine(directory, "nginx")).FullName;
        string user = Environment.UserName == "root" ? "user root root;" : "";
        string temporary = string.Join('\n', TemporaryPaths.Select(kind => $"  {kind}_temp_path {folder}/{kind};"));
        string file = Write("nginx.conf", $$"""
            {{user}}
            daemon off;
            worker_processes auto;
            worker_rlimit_nofile 8192;
            pid {{folder}}/pid;
            error_log stderr error;
            events { worker_connections 4096; }
            http {
              access_log off;
            {{temporary}}
              client_max_body_size 0;
              client_body_buffer_size 8m;
              keepalive_requests 1000000;
              upstream backend { server 127.0.0.1:{{backendPort}}; keepalive 64; keepalive_requests 1000000; }
              server {
                listen 127.0.0.1:{{port}} backlog=4096;
                location / {
                  proxy_pass http://backend;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  proxy_read_timeout 600s;
                }
              }
            }
            """);
        return new Target("nginx", port, isMessages: false, new ProcessStartInfo(binary, ["-p", folder, "-e", "stderr", "-c", file]));
    }

    public Target Haproxy(string binary)
    {
        int port = Target.FreePort();
        string tls = authorityFile is null ? "" : $"ssl ca-file {authorityFile} verify required alpn h2";
        string file = Write("haproxy.cfg", $$"""
            global
              maxconn 4000
            defaults
              mode http
              timeout connect 10s
              timeout client 600s
              timeout server 600s
              option http-no-delay
              http-reuse always
            frontend clients
              bind 127.0.0.1:{{port}} backlog 4096
              default_backend fake
            backend fake
              server fake 127.0.0.1:{{backendPort}} {{tls}}

            """);
        return new Target("haproxy", port, isMessages: false, new ProcessStartInfo(binary, ["-f", file]));
    }

    /// <summary>A build of codex-claude-proxy as it comes, with one account whose tokens are good for days.</summary>
    public Target Ours(string name, string binary, IEnumerable<string> variables)
    {
        int port = Target.FreePort();
        string home = Directory.CreateDirectory(Path.Combine(directory, name)).FullName;
        string data = Directory.CreateDirectory(Path.Combine(home, "data")).FullName;
        File.WriteAllText(Path.Combine(data, "accounts.json"), FakeTokens.ToAccountsJson(new FakeAuth().SignIn()));

        ProcessStartInfo start = new(binary, ["--port", $"{port}"]) { WorkingDirectory = home };
        string origin = $"{(authorityFile is null ? "http" : "https")}://127.0.0.1:{backendPort}";
        start.Environment.Clear();
        start.Environment["HOME"] = home;
        start.Environment["CODEX_HOME"] = Path.Combine(home, "codex");
        start.Environment["CCP_DATA_DIR"] = data;
        start.Environment["CCP_CHATGPT_URL"] = origin + "/backend-api";
        start.Environment["CCP_AUTH_URL"] = origin;
        if (authorityFile is not null) start.Environment["SSL_CERT_FILE"] = authorityFile;
        foreach (string variable in variables) start.Environment[variable.Split('=', 2)[0]] = variable.Split('=', 2)[1];
        return new Target(name, port, isMessages: true, start);
    }

    private string Write(string name, string text)
    {
        string file = Path.Combine(directory, name);
        File.WriteAllText(file, text);
        return file;
    }
}
