namespace CodexClaudeProxy.CommandLine;

/// <summary>What each shell needs to ask this program for completions.</summary>
internal static class CompletionScripts
{
    /// <summary>bash cuts words at more signs than blanks, and wants only what comes behind the last of them.</summary>
    private const string Bash = """
        # bash completion for codex-claude-proxy
        _codex_claude_proxy() {
            local line=${COMP_LINE:0:COMP_POINT} word="" known="" label
            local -a words
            read -ra words <<< "$line"
            if [[ $line == *[[:space:]] ]]; then words+=(""); fi
            word=${words[${#words[@]}-1]}
            known=${word%"${word##*[$COMP_WORDBREAKS]}"}
            COMPREPLY=()
            while IFS=$'\t' read -r label _; do
                COMPREPLY+=("${label#"$known"}")
            done < <("${1/#\~/$HOME}" "[suggest:$((${#words[@]} - 2))]" "${words[@]:1}" 2> /dev/null)
        }
        complete -o default -F _codex_claude_proxy codex-claude-proxy
        """;

    private const string Zsh = """
        #compdef codex-claude-proxy
        # zsh completion for codex-claude-proxy
        _codex_claude_proxy() {
            local label detail
            local -a found
            while IFS=$'\t' read -r label detail; do
                found+=("${label//:/\\:}${detail:+:$detail}")
            done < <("${words[1]/#\~/$HOME}" "[suggest:$((CURRENT - 2))]" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2> /dev/null)
            if (( $#found )); then _describe codex-claude-proxy found; else _files; fi
        }
        if [[ $funcstack[1] == _codex-claude-proxy ]]; then _codex_claude_proxy "$@"; else compdef _codex_claude_proxy codex-claude-proxy; fi
        """;

    private const string Fish = """
        # fish completion for codex-claude-proxy
        function __codex_claude_proxy_complete
            set -l before (commandline -opc)
            set -l program (string replace -r '^~' -- $HOME $before[1])
            set -l word (commandline -ct)
            set -l found ($program "[suggest:"(math (count $before) - 1)"]" $before[2..] "$word" 2> /dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path "$word"
            end
        end
        complete -c codex-claude-proxy -f -a '(__codex_claude_proxy_complete)'
        """;

    /// <summary>Windows PowerShell does not hand on empty arguments, so the number of words says whether one was begun.</summary>
    private const string PowerShell = """
        # PowerShell completion for codex-claude-proxy
        Register-ArgumentCompleter -Native -CommandName 'codex-claude-proxy', 'codex-claude-proxy.exe' -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
                ForEach-Object { $_.ToString().Trim("'", '"') })
            $question = "[suggest:$($words.Count)]"
            if ($wordToComplete) { $words += $wordToComplete }
            & $commandAst.CommandElements[0].ToString() $question @words 2> $null | ForEach-Object {
                $label, $detail = $_ -split "`t", 2
                if (-not $detail) { $detail = $label }
                [System.Management.Automation.CompletionResult]::new($label, $label, 'ParameterValue', $detail)
            }
        }
        """;

    public static readonly Dictionary<string, string> ByShell = new() { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["powershell"] = PowerShell };
}
