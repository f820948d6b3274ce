using System.CommandLine;

namespace CodexClaudeProxy.CommandLine;

/// <summary>Two or three examples for each command, shown at the end of its help and in the manual. A test parses each of them.</summary>
internal static partial class Examples
{
    private static readonly Dictionary<string, Example[]> ByCommand = new()
    {
        [""] =
        [
            new("codex-claude-proxy login", "Sign in once"),
            new("codex-claude-proxy", "Run the proxy"),
            new("codex-claude-proxy run", "Or start Claude Code on it, without changing any file"),
        ],
        ["serve"] =
        [
            new("codex-claude-proxy serve --port 9000", "Listen on another port"),
            new("codex-claude-proxy --host 0.0.0.0 --api-key-file ~/ccp-key", "Let other machines connect, with an access key"),
            new("codex-claude-proxy serve --log-format json --log-file proxy.log", "Write the log as JSON, also to a file"),
        ],
        ["login"] =
        [
            new("codex-claude-proxy login", "Sign in with the browser of this machine"),
            new("codex-claude-proxy login --headless", "Without a browser here: paste the address that another one ends at"),
            new("codex-claude-proxy login --device --json", "With a code that is entered on any device, for a program"),
        ],
        ["accounts"] =
        [
            new("codex-claude-proxy accounts", "All accounts with plan, quota and state"),
            new("codex-claude-proxy accounts --json", "The same for a program"),
        ],
        ["accounts list"] =
        [
            new("codex-claude-proxy accounts list", "All accounts with plan, quota and state"),
            new("codex-claude-proxy accounts list --json", "The same for a program"),
        ],
        ["accounts add"] =
        [
            new("codex-claude-proxy accounts add", "One more account, in the browser of this machine"),
            new("codex-claude-proxy accounts add --device", "With a code that is entered on any device"),
        ],
        ["accounts import"] =
        [
            new("codex-claude-proxy accounts import", "Share the sign-in of the Codex CLI on this machine"),
            new("codex-claude-proxy accounts import ~/.cli-proxy-api ~/.local/share/opencode/auth.json --dry-run", "Show what files of other programs hold"),
            new("ssh laptop cat .codex/auth.json | codex-claude-proxy accounts import -", "Take it from another machine"),
        ],
        ["accounts switch"] =
        [
            new("codex-claude-proxy accounts switch me@example.com", "New conversations prefer this account"),
            new("codex-claude-proxy accounts switch work", "By its label"),
        ],
        ["accounts remove"] =
        [
            new("codex-claude-proxy accounts remove", "Choose from a list"),
            new("codex-claude-proxy accounts remove me@example.com --revoke", "Also make every copy of its tokens useless"),
        ],
        ["accounts clear"] =
        [
            new("codex-claude-proxy accounts clear", "Asks first"),
            new("codex-claude-proxy accounts clear --yes --revoke", "Does not ask, and revokes every sign-in"),
        ],
        ["accounts enable"] =
        [
            new("codex-claude-proxy accounts enable me@example.com", "Use it again"),
            new("codex-claude-proxy accounts enable work --json", "By its label, for a program"),
        ],
        ["accounts disable"] =
        [
            new("codex-claude-proxy accounts disable me@example.com", "Keep it, but do not use it"),
            new("codex-claude-proxy accounts disable work --json", "By its label, for a program"),
        ],
        ["accounts label"] =
        [
            new("codex-claude-proxy accounts label me@example.com work", "A name of your own"),
            new("codex-claude-proxy accounts label work \"\"", "No name any more"),
        ],
        ["accounts priority"] =
        [
            new("codex-claude-proxy accounts priority work -1", "Use it before the others"),
            new("codex-claude-proxy accounts priority work 5", "Use it after the others"),
        ],
        ["accounts reserve"] =
        [
            new("codex-claude-proxy accounts reserve work 20", "Start no new conversation when less than 20 % of the week remains"),
            new("codex-claude-proxy accounts reserve work 10 --window 5h", "The same for its window of five hours"),
            new("codex-claude-proxy accounts reserve work 0", "No reserve any more"),
        ],
        ["accounts exclude"] =
        [
            new("codex-claude-proxy accounts exclude work gpt-6-astra '*-terra'", "Serve these models with other accounts"),
            new("codex-claude-proxy accounts exclude work \"\"", "Serve all models again"),
        ],
        ["accounts proxy"] =
        [
            new("codex-claude-proxy accounts proxy work socks5://user:password@proxy.example:1080", "Everything of this account goes through it"),
            new("codex-claude-proxy accounts proxy work - < proxy.txt", "Its password stays out of the shell's history"),
            new("codex-claude-proxy accounts proxy work --none", "No proxy of its own any more"),
        ],
        ["accounts refresh"] =
        [
            new("codex-claude-proxy accounts refresh", "New tokens for all accounts"),
            new("codex-claude-proxy accounts refresh me@example.com", "For one of them"),
        ],
        ["accounts reset"] =
        [
            new("codex-claude-proxy accounts reset work", "What resets it has, whether one is worth it now, and a question"),
            new("codex-claude-proxy accounts reset work --yes", "Does not ask"),
        ],
        ["accounts verify"] =
        [
            new("codex-claude-proxy accounts verify", "Do all accounts work, and what remains of their quotas?"),
            new("codex-claude-proxy accounts verify work --json", "One of them, for a program"),
        ],
        ["accounts export"] =
        [
            new("codex-claude-proxy accounts export work --output ~/.codex/auth.json", "Sign the Codex CLI in"),
            new("codex-claude-proxy accounts export work -o - | ssh server 'cat > .codex/auth.json'", "On another machine"),
        ],
        ["run"] =
        [
            new("codex-claude-proxy run", "Claude Code on the proxy"),
            new("codex-claude-proxy run -- claude -p \"What is in this folder?\"", "With arguments"),
            new("codex-claude-proxy run -- codex", "Any other program, with the variables of both protocols"),
        ],
        ["claude"] =
        [
            new("codex-claude-proxy claude config", "What is configured, and what is recommended"),
            new("codex-claude-proxy claude config proxy", "Point Claude Code at the proxy"),
        ],
        ["claude config"] =
        [
            new("codex-claude-proxy claude config", "What is configured, and what is recommended"),
            new("codex-claude-proxy claude config proxy", "Point Claude Code at the proxy"),
            new("codex-claude-proxy claude config restore", "Undo that"),
        ],
        ["claude config show"] =
        [
            new("codex-claude-proxy claude config show", "What is configured, and what is recommended"),
            new("codex-claude-proxy claude config show --json", "The same for a program"),
        ],
        ["claude config proxy"] =
        [
            new("codex-claude-proxy claude config proxy --dry-run", "Only show the difference"),
            new("codex-claude-proxy claude config proxy --opus gpt-6.1-sol --haiku gpt-6-luna", "Choose the models yourself"),
            new("codex-claude-proxy claude config proxy --port 9000 --ask-permission", "Another port, and ask before each action"),
        ],
        ["claude config direct"] =
        [
            new("codex-claude-proxy claude config direct", "Anthropic, with Claude Code's own sign-in"),
            new("codex-claude-proxy claude config direct --key - < anthropic-key", "With an API key, which stays out of the shell's history"),
        ],
        ["claude config set"] =
        [
            new("codex-claude-proxy claude config set https://gateway.example.com - < gateway-key", "Another gateway"),
            new("codex-claude-proxy claude config set http://127.0.0.1:4000 any --dry-run", "Only show the difference"),
        ],
        ["claude config restore"] =
        [
            new("codex-claude-proxy claude config restore --dry-run", "Only show the difference"),
            new("codex-claude-proxy claude config restore", "Undo what the proxy changed"),
        ],
        ["statusline"] =
        [
            new("codex-claude-proxy statusline --install", "Show account, quota and cache hits in Claude Code"),
            new("codex-claude-proxy statusline --uninstall", "Show them no longer"),
        ],
        ["backup"] =
        [
            new("codex-claude-proxy backup ccp.backup", "Everything but the statistics; asks for a passphrase"),
            new("codex-claude-proxy backup ccp.backup --statistics --passphrase-file ~/passphrase", "Also the statistics, from a script"),
        ],
        ["restore"] =
        [
            new("codex-claude-proxy restore ccp.backup", "Show what would change, and ask"),
            new("codex-claude-proxy restore ccp.backup --passphrase-file ~/passphrase --yes", "From a script"),
        ],
        ["keys"] =
        [
            new("codex-claude-proxy keys add laptop --daily-tokens 2000000", "A key for one client, shown this once"),
            new("codex-claude-proxy keys", "Which keys there are, and what they use"),
            new("codex-claude-proxy keys generate --file ~/ccp-key", "An access key for yourself"),
        ],
        ["keys list"] = [new("codex-claude-proxy keys list", "Names, limits and use"), new("codex-claude-proxy keys list --json", "The same for a script")],
        ["keys add"] =
        [
            new("codex-claude-proxy keys add laptop", "A key without limits"),
            new("codex-claude-proxy keys add anna --models 'gpt-5.5*,claude-*' --daily-tokens 2000000 --expires 30d", "Some models, two million tokens a day, for a month"),
            new("codex-claude-proxy keys add ci --limit requests/5h=100 --monthly-cost 20 --file ~/ci-key", "Other limits, and the key in a file"),
        ],
        ["keys set"] =
        [
            new("codex-claude-proxy keys set laptop --daily-tokens 5000000", "Another limit"),
            new("codex-claude-proxy keys set laptop --no-limits --models all --expires never", "Without any bounds"),
        ],
        ["keys renew"] = [new("codex-claude-proxy keys renew laptop", "A new key; the old one stops working"), new("codex-claude-proxy keys renew laptop --file ~/laptop-key", "Put it into a file")],
        ["keys revoke"] = [new("codex-claude-proxy keys revoke laptop", "The key stops working at once"), new("codex-claude-proxy keys remove laptop --json", "The same, for a script")],
        ["keys generate"] = [new("codex-claude-proxy keys generate", "Print a new access key"), new("codex-claude-proxy keys generate --file ~/ccp-key", "Put it into a file that only you can read")],
        ["service"] =
        [
            new("codex-claude-proxy service install", "Run the proxy as a service, from the start of the machine on"),
            new("codex-claude-proxy service status", "Does it run?"),
            new("codex-claude-proxy service uninstall", "Remove it; accounts and settings stay"),
        ],
        ["service install"] =
        [
            new("codex-claude-proxy service install --port 9000", "A service of your own, with options as for serve"),
            new("sudo codex-claude-proxy service install --system", "A service of the machine, with a user of its own"),
            new("codex-claude-proxy service install --print", "Only show what would be written and run"),
        ],
        ["service uninstall"] =
        [
            new("codex-claude-proxy service uninstall --print", "Only show what would be removed"),
            new("codex-claude-proxy service uninstall", "Accounts, settings and statistics stay"),
        ],
        ["service start"] =
        [
            new("codex-claude-proxy service start", "Start it after a stop"),
            new("sudo codex-claude-proxy service start --system", "The service of the machine"),
        ],
        ["service stop"] =
        [
            new("codex-claude-proxy service stop", "Until the next start of the machine"),
            new("sudo codex-claude-proxy service stop --system", "The service of the machine"),
        ],
        ["service restart"] =
        [
            new("codex-claude-proxy service restart", "After a change of its options, or an update"),
            new("sudo codex-claude-proxy service restart --system", "The service of the machine"),
        ],
        ["service status"] =
        [
            new("codex-claude-proxy service status", "Does it run, where, and since when?"),
            new("codex-claude-proxy service status --json", "The same for a program"),
        ],
        ["service logs"] =
        [
            new("codex-claude-proxy service logs", "Its last lines"),
            new("codex-claude-proxy service logs --follow --lines 20", "And what comes, until Ctrl+C"),
        ],
        ["doctor"] =
        [
            new("codex-claude-proxy doctor", "What does not work, and what to do about it"),
            new("codex-claude-proxy doctor --request", "Also send a small, real request"),
            new("codex-claude-proxy doctor --client claude", "Run one turn with the Claude Code that is installed"),
        ],
        ["health"] =
        [
            new("codex-claude-proxy health", "Exit code 0 if the running proxy answers, otherwise 1"),
            new("codex-claude-proxy health --port 9000 --json", "One on another port, for another program to read"),
        ],
        ["demo"] =
        [
            new("codex-claude-proxy demo", "Try the proxy without an account"),
            new("codex-claude-proxy demo --port 0", "On any free port"),
            new("codex-claude-proxy demo --fresh", "As it looks on the first day, without a past"),
        ],
        ["version"] =
        [
            new("codex-claude-proxy --version", "Which build this is"),
            new("codex-claude-proxy version --json", "The same for a program"),
        ],
        ["update"] =
        [
            new("codex-claude-proxy update --check", "Is there a newer version?"),
            new("codex-claude-proxy update", "Install it, after verifying its signature"),
            new("codex-claude-proxy update --rollback", "Go back to the version before"),
        ],
        ["licenses"] =
        [
            new("codex-claude-proxy licenses", "Print them all"),
            new("codex-claude-proxy licenses > licenses.md", "Write them to a file"),
        ],
        ["completion"] =
        [
            new("codex-claude-proxy completion bash > ~/.local/share/bash-completion/completions/codex-claude-proxy", "For bash"),
            new("codex-claude-proxy completion zsh > ~/.zfunc/_codex-claude-proxy", "For zsh, which has fpath+=(~/.zfunc) before compinit in ~/.zshrc"),
            new("codex-claude-proxy completion fish > ~/.config/fish/completions/codex-claude-proxy.fish", "For fish"),
        ],
    };

    /// <summary>The commands that have examples, by their words.</summary>
    public static IEnumerable<string> Commands => ByCommand.Keys.Concat(OfAlerts.Keys);

    public static IReadOnlyList<Example> Of(string path) => ByCommand.GetValueOrDefault(path) ?? OfAlerts.GetValueOrDefault(path) ?? [];

    /// <summary>The words that lead to a command, for instance <c>claude config</c>; empty for the program itself.</summary>
    public static string PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}".TrimStart() : "";
}

/// <param name="Line">As it is typed.</param>
/// <param name="Purpose">What it is for.</param>
internal sealed record Example(string Line, string Purpose);
