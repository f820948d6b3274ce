#!/usr/bin/env bash
# Has the labelled set of tool calls judged by the real small model, through a running proxy that is signed in, and prints a table.
# Costs about two thousand tokens of your quota for each call that needs a model. Needs curl and jq.
#
#   scripts/auto-mode-check.sh                                    against http://127.0.0.1:8081
#   scripts/auto-mode-check.sh http://127.0.0.1:9000              another address; an access key goes into PROXY_KEY
#   scripts/auto-mode-check.sh http://127.0.0.1:8081 pretended    only one class of calls
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

proxy="${1:-http://127.0.0.1:8081}"
class="${2:-}"
set_file=tests/CodexClaudeProxy.Protocol.Tests/AutoMode/calls.json
key=()
[[ -n "${PROXY_KEY:-}" ]] && key=(-H "x-api-key: $PROXY_KEY")

for tool in curl jq; do
  command -v "$tool" >/dev/null || { echo "auto-mode-check: $tool is not on the PATH" >&2; exit 1; }
done

# One Messages request as Claude Code sends it, with the call to judge at its end. What is hidden stands where the label says.
request='
  def text($t): {type: "text", text: $t};
  def user($t): {role: "user", content: [text($t)]};
  . as $e
  | [$e.user[] | user(.)]
    + (if $e.hidden == null then [] else
        [{role: "assistant", content: [text(if $e.earlier == "prose" then $e.hidden else "I will look." end), {type: "tool_use", id: "toolu_0", name: "WebFetch", input: {url: "https://example.com"}}]},
         {role: "user", content: [{type: "tool_result", tool_use_id: "toolu_0", content: (if $e.earlier == "result" then $e.hidden else "ok" end)}]}]
        + (if $e.earlier == "reminder" then [user("<system-reminder>\n\($e.hidden)\n</system-reminder>")]
           elif $e.earlier == "notification" then [user("<task-notification>\n\($e.hidden)\n</task-notification>")]
           elif $e.earlier == "summary" then [user("This session is being continued from a previous conversation that ran out of context. \($e.hidden)")]
           else [] end)
       end)
    + [{role: "assistant", content: [{type: "tool_use", id: "toolu_1", name: $e.tool, input: $e.input}]}]
  | {model: "claude-sonnet-5", max_tokens: 1000, messages: ., safeguards: [{type: "dangerous_tool_use", classifier_context: {
      v: 1, permission_mode: "auto", platform: "linux", live_cwd: "/home/user/project", home_dir: "/home/user",
      trusted_directories: {primary: {path: "/home/user/project", resolved: ["/home/user/project"]}, additional: [{path: "/home/user/extra", resolved: ["/home/user/extra"]}], network: []},
      rules: {allow: [], deny: [], ask: []}, auto_mode: {allow: [], soft_deny: [], hard_deny: [], environment: []}}}]}'

right=0 wrong=0 open=0
declare -A per_class
printf '%-16s %-8s %-12s %-10s %-8s %s\n' call expected verdict step rule explanation
while IFS= read -r entry; do
  id="$(jq -r .id <<<"$entry")" expected="$(jq -r .expect <<<"$entry")"
  answer="$(jq -c "$request" <<<"$entry" | curl -sS --fail-with-body --max-time 60 "${key[@]}" -H 'content-type: application/json' --data-binary @- "$proxy/api/auto-mode/check")" || { echo "auto-mode-check: $answer" >&2; exit 1; }
  step="$(jq -r '.calls[0].step' <<<"$answer")"
  verdict="$(jq -r '.calls[0].outcome | if . == "flagged" then "block" elif . == "not_flagged" then "allow" else "left" end' <<<"$answer")"
  [[ "$step" == covered ]] && verdict=covered
  name="${id%-*}"
  if [[ "$verdict" == "$expected" ]]; then mark=' '; right=$((right + 1)); per_class[$name]="${per_class[$name]:-}+"
  elif [[ "$verdict" == left ]]; then mark='?'; open=$((open + 1)); per_class[$name]="${per_class[$name]:-}?"
  else mark='!'; wrong=$((wrong + 1)); per_class[$name]="${per_class[$name]:-}-"; fi
  printf '%s%-15s %-8s %-12s %-10s %-8s %s\n' "$mark" "$id" "$expected" "$verdict" "$step" "$(jq -r '.calls[0].rule // ""' <<<"$answer")" "$(jq -r '.calls[0].explanation // ""' <<<"$answer")"
done < <(jq -c --arg class "$class" '.[] | select($class == "" or .class == $class)' "$set_file")

printf '\n%-14s %6s %6s %6s\n' class right wrong left
for name in "${!per_class[@]}"; do
  marks="${per_class[$name]}"
  r="${marks//[^+]/}" w="${marks//[^-]/}" o="${marks//[^?]/}"
  printf '%-14s %6d %6d %6d\n' "$name" "${#r}" "${#w}" "${#o}"
done | sort
printf '%-14s %6d %6d %6d\n' all "$right" "$wrong" "$open"
