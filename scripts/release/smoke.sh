#!/usr/bin/env bash
# Runs a program as its first user does: its version, then the demo with one streamed message.
# The rest of the line is how it is started, which may be inside a container that shares this machine's network.
#
#   scripts/release/smoke.sh 1.2.3 dist/linux-x64/codex-claude-proxy
#   scripts/release/smoke.sh 1.2.3 docker run --rm --network host -v "$PWD/dist:/dist:ro" alpine /dist/linux-x64-static/codex-claude-proxy
set -euo pipefail
[[ $# -ge 2 ]] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
version="$1"
shift
die() { printf 'smoke: %s\n%s\n' "$*" "$(cat "$log" "$answer" 2>/dev/null)" >&2; exit 1; }

work="$(mktemp -d)"
log="$work/log" answer="$work/answer" demo=
end() {
  [[ -z "$demo" ]] || kill "$demo" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT

"$@" --version >"$log" 2>&1 || die "--version failed"
grep -qwF -- "$version" "$log" || die "--version does not tell $version"

"$@" demo --port 0 >"$log" 2>&1 &
demo=$!
url=
for (( tenth = 0; tenth < 600; tenth++ )); do
  url="$(sed -n 's/^ *Address *\(http:[^ ]*\).*/\1/p' "$log" | tr -d '\r')"
  [[ -z "$url" ]] || break
  kill -0 "$demo" 2>/dev/null || die "the demo ended by itself"
  sleep 0.1
done
[[ -n "$url" ]] || die "the demo does not say where it listens"

curl --silent --show-error --fail --no-buffer --max-time 60 --noproxy '*' "$url/v1/messages" -H 'content-type: application/json' \
  -d '{"model":"claude-sonnet-4-5","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"Hello"}]}' >"$answer" 2>>"$log" || die "the message got no answer"
[[ "$(head -n 1 "$answer")" == "event: message_start" ]] || die "the answer does not begin with message_start"
grep -q '^event: content_block_delta' "$answer" || die "the answer has no content"
[[ "$(tail -n 3 "$answer")" == *'{"type":"message_stop"}'* ]] || die "the answer does not end with message_stop"

kill -TERM "$demo"
code=0
wait "$demo" || code=$?
demo=
# Windows has no such signal: there the process is ended.
[[ "$code" == 0 || "${OS:-}" == Windows_NT ]] || die "told to stop, the demo ended with $code"
echo "works: $*"
