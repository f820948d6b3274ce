#!/usr/bin/env bash
# Builds everything, publishes the native program, and runs all tests against both. The last line is the result:
#   N passed, N failed
# A step that fails counts as one failure, and so does a test program that does not come to its end.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly limit=1200 # seconds for one test program
readonly projects=(CodexClaudeProxy.Protocol.Tests CodexClaudeProxy.Tests CodexClaudeProxy.EndToEnd)

passed=0 failed=0 skipped=0
failures=()
logs="$(mktemp -d)"

# Build servers outlive the build and keep the output of a CI step open.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false DOTNET_CLI_USE_MSBUILD_SERVER=0
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false

finish() {
  rm -rf "$logs"
  if (( ${#failures[@]} > 0 )); then
    printf '\nFailed:\n'
    printf '  %s\n' "${failures[@]}"
  fi
  local result="$passed passed, $failed failed"
  (( skipped > 0 )) && result+=", $skipped skipped"
  printf '\n%s\n' "$result"
  (( passed > 0 && failed == 0 ))
  exit
}

fail() {
  failures+=("$1")
  failed=$((failed + 1))
}

# step <name> <command...>: without it nothing that follows makes sense.
step() {
  local name="$1" start=$SECONDS
  shift
  printf '== %s\n' "$name"
  "$@" || { fail "$name"; finish; }
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
}

publish() {
  ./publish.sh "$rid" 2>&1 | tee "$logs/publish"
  (( PIPESTATUS[0] == 0 )) || return 1
  # Warnings of the native compiler are errors already; this one holds should that ever change.
  ! grep -E 'warning (IL|CS|NETSDK)[0-9]+' "$logs/publish"
}

# Adds one test program's numbers, from the last line of its summary.
run_tests() {
  local project="$1" log="$logs/$1" start=$SECONDS summary number
  printf '== %s\n' "$project"
  timeout --kill-after=10 "$limit" "artifacts/bin/$project/debug/$project" -noColor -noLogo >"$log" 2>&1
  local code=$?
  cat "$log"
  mapfile -t -O "${#failures[@]}" failures < <(sed -n 's/^ *\(.*\) \[FAIL\]$/\1/p' "$log")

  summary="$(grep -E '^ *[A-Za-z.]+ +Total: [0-9]+,' "$log" | tail -n 1)"
  count() { number="$(sed -n "s/.*$1: \([0-9]*\).*/\1/p" <<<"$summary")"; echo "${number:-0}"; }
  local total bad idle
  total=$(count Total) bad=$(( $(count Failed) + $(count Errors) )) idle=$(count Skipped)
  passed=$((passed + total - $(count Failed) - idle - $(count "Not Run")))
  failed=$((failed + bad))
  skipped=$((skipped + idle))
  if [[ -z "$summary" ]] || (( code != 0 && bad == 0 )); then
    (( code == 124 || code == 137 )) && fail "$project did not end within $limit s" || fail "$project ended with exit code $code"
  elif (( total == 0 )); then
    fail "$project ran no test"
  fi
  printf '== %s: %d s\n' "$project" $((SECONDS - start))
}

setup() { scripts/setup.sh test; }
if [[ "${CI:-}" == true ]]; then
  step "Set up" setup
else
  # At somebody's desk the tests that need what is missing say so themselves.
  setup || scripts/setup.sh || { fail "Set up"; finish; }
fi

source scripts/binary.sh
step "Build" dotnet build CodexClaudeProxy.sln -c Debug -v quiet
step "Publish" publish
export CCP_BINARY="$binary"
for project in "${projects[@]}"; do run_tests "$project"; done
finish
