#!/usr/bin/env bash
# Builds everything, publishes the native program, and runs tests against both. The last line is the result:
#   N passed, N failed
# A step that fails counts as one failure, and so does a test program that does not come to its end.
#
#   scripts/test.sh         the core; which stages are left out is printed
#   scripts/test.sh --all   every stage
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit

readonly limit=1500 stage_limit=3600 # seconds for one test program; those of a stage run longer
readonly projects=(CodexClaudeProxy.Protocol.Tests CodexClaudeProxy.Tests CodexClaudeProxy.EndToEnd)

# What only --all runs, in this order: a name and what it is. A stage is the end-to-end tests with the trait Stage=<name>, or the
# function "stage_<name>" where there is one. Tests without the trait are the core.
readonly stages=(
  "nuget        the clients from NuGet"
  "front        the examples of docs/REVERSE-PROXY.md, with nginx and Caddy; skipped where they are not installed"
  "interactive  Claude Code in a terminal"
  "looks        every place of the dashboard in both themes and every width; in the core only in those that differ most"
  "long         answers that take longer than clients wait for a sign of life"
  "clients-more the agents and heavy libraries of tests/clients/more"
  "roots        the programs of a release for Linux, in roots that hold hardly anything and in small systems"
  "service      the program as a service, in a small Linux that a real systemd boots"
  "container    the image of the container, with podman"
  "packages     the .deb and the .rpm, looked at by their checkers and installed into a root"
  "powershell   publish.ps1 in PowerShell; skipped where that is not installed"
  "wine         the program built for Windows, in Wine, and there the tests of accounts and files too"
)

all=
case "$*" in
  "") ;;
  --all) all=1 ;;
  *) echo "test: unknown arguments: $*; there is only --all" >&2; exit 2 ;;
esac

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

# What runs in the background of a script ignores Ctrl-C, and so would every program that it starts; some tests press it.
interruptible=()
! env --default-signal=INT true 2>/dev/null || interruptible=(env --default-signal=INT)

# step <name> <command...>: without it nothing that follows makes sense.
step() {
  local name="$1" start=$SECONDS
  shift
  printf '== %s\n' "$name"
  "$@" || { fail "$name"; finish; }
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
}

publish() {
  ./publish.sh "$rid" 2>&1 | tee "$logs/publish.log"
  (( PIPESTATUS[0] == 0 )) || return 1
  # Warnings of the native compiler are errors already; this one holds should that ever change.
  ! grep -E 'warning (IL|CS|NETSDK)[0-9]+' "$logs/publish.log"
}

# run_tests <name> <seconds> <project> <filter...>: adds the numbers of one test program.
run_tests() {
  local name="$1" seconds="$2" project="$3"
  shift 3
  run_program "$name" "$seconds" "artifacts/bin/$project/debug/$project" "$@"
}

# failed_tests <log>: each with the beginning of what it said, ended by a zero byte: the last lines of a run are often all that is kept of it.
failed_tests() {
  awk '
    sub(/ \[FAIL\]$/, "") { if (lines) printf "%c", 0; sub(/^ +/, ""); printf "%s", $0; lines = 1; next }
    /^ ? ? ? ?[^ ]/ || /^ *Stack Trace:/ { if (lines) printf "%c", 0; lines = 0 }
    lines && lines++ <= 25 { printf "\n  %s", substr($0, 1, 400) }
    END { if (lines) printf "%c", 0 }' "$1"
}

# still_running <log>: the tests that a program was busy with when it was ended, as its last words about long ones tell.
still_running() {
  sed -n "s/.*\[Long Running Test\] '\([^']*\)', Elapsed: \([0-9:]*\).*/\2 \1/p" "$1" | sort | tail -n 4 | sed 's/^/; after /' | tr -d '\n'
}

# run_program <name> <seconds> <command...>: the same for any command that starts one; the numbers are from the last line of its summary.
run_program() {
  local name="$1" seconds="$2" log="$logs/$1.log" start=$SECONDS summary number
  shift 2
  printf '== %s\n' "$name"
  timeout --kill-after=10 "$seconds" "${interruptible[@]}" "$@" -noColor -noLogo -longRunning 120 >"$log" 2>&1
  local code=$?
  # As Windows ends its lines.
  sed -i 's/\r$//' "$log"
  cat "$log"
  mapfile -d '' -t -O "${#failures[@]}" failures < <(failed_tests "$log")

  summary="$(grep -E '^ *[A-Za-z.]+ +Total: [0-9]+,' "$log" | tail -n 1)"
  count() { number="$(sed -n "s/.*$1: \([0-9]*\).*/\1/p" <<<"$summary")"; echo "${number:-0}"; }
  local total bad idle
  total=$(count Total) bad=$(( $(count Failed) + $(count Errors) )) idle=$(count Skipped)
  passed=$((passed + total - $(count Failed) - idle - $(count "Not Run")))
  failed=$((failed + bad))
  skipped=$((skipped + idle))
  if [[ -z "$summary" ]] || (( code != 0 && bad == 0 )); then
    if (( code == 124 || code == 137 )); then fail "$name did not end within $seconds s$(still_running "$log")"; else fail "$name ended with exit code $code"; fi
  elif (( total == 0 )); then
    fail "$name ran no test"
  fi
  printf '== %s: %d s\n' "$name" $((SECONDS - start))
}

run_core() {
  local project
  for project in "${projects[@]}"; do run_tests "$project" "$limit" "$project" -trait- "Stage=*"; done
}

# Every stage is run, or named with the reason why not.
run_stages() {
  local stage name what
  for stage in "${stages[@]}"; do
    read -r name what <<<"$stage"
    if [[ -z "$all" ]]; then
      printf '== %s (%s): not run, only with --all\n' "$name" "$what"
    elif declare -F "stage_$name" >/dev/null; then
      "stage_$name"
    else
      run_tests "$name" "$stage_limit" CodexClaudeProxy.EndToEnd -trait "Stage=$name"
    fi
  done
}

stage_looks() {
  CCP_ALL_VIEWS=1 run_tests looks "$limit" CodexClaudeProxy.EndToEnd -class "CodexClaudeProxy.EndToEnd.DashboardLooks" -class "CodexClaudeProxy.EndToEnd.DashboardFits"
}

stage_front() { run_tests front "$limit" CodexClaudeProxy.Tests -trait "Stage=front"; }

stage_roots() {
  if [[ "$rid" != linux-* ]]; then
    printf '== roots: not run, it needs Linux\n'
    return
  fi
  local target targets=("$rid" "$rid --static") roots="$logs/roots"
  [[ "$rid" != linux-x64 ]] || targets+=("linux-arm64" "linux-arm64 --static")
  for target in "${targets[@]}"; do
    printf '== roots: publish %s for a release\n' "$target"
    # shellcheck disable=SC2086
    ./publish.sh $target --release || { fail "roots: $target could not be published for a release"; return; }
  done
  scripts/roots.sh "$roots" || printf '== roots: the tests of what could not be made are skipped\n'
  CCP_BINARY="$PWD/dist/$rid/codex-claude-proxy" CCP_STATIC_BINARY="$PWD/dist/$rid-static/codex-claude-proxy" CCP_ROOTS="$roots" \
    CCP_ARM64_BINARY="$PWD/dist/linux-arm64/codex-claude-proxy" CCP_ARM64_STATIC_BINARY="$PWD/dist/linux-arm64-static/codex-claude-proxy" \
    run_tests roots "$limit" CodexClaudeProxy.EndToEnd -trait "Stage=roots"
}

stage_service() {
  local root="$PWD/artifacts/systemd-root" as_root=()
  if [[ "$rid" != linux-* ]]; then
    printf '== service: not run, it needs Linux\n'
    return
  fi
  [[ "$(id -u)" == 0 ]] || as_root=(sudo -n "--preserve-env=CCP_BINARY,CCP_SYSTEMD_ROOT,CI")
  if [[ "${CI:-}" != true ]] && ! "${as_root[@]}" true 2>/dev/null; then
    printf '== service: not run, only root can boot a small Linux\n'
    return
  fi
  printf '== service: prepare\n'
  "${as_root[@]}" scripts/systemd-root.sh "$root" || { fail "service: the small Linux could not be made"; return; }
  CCP_SYSTEMD_ROOT="$root" run_program service "$limit" "${as_root[@]}" artifacts/bin/CodexClaudeProxy.EndToEnd/debug/CodexClaudeProxy.EndToEnd -trait "Stage=service"
}

stage_container() {
  if [[ "$rid" != linux-* ]]; then
    printf '== container: not run, it needs Linux\n'
    return
  fi
  # As the stage before has left it.
  [[ -x "dist/$rid-static/codex-claude-proxy" ]] || ./publish.sh "$rid" --static || { fail "container: the static program could not be published"; return; }
  CCP_STATIC_BINARY="$PWD/dist/$rid-static/codex-claude-proxy" run_tests container "$limit" CodexClaudeProxy.EndToEnd -trait "Stage=container"
}

stage_wine() {
  local machine="$logs/wine-machine"
  if [[ "$rid" != linux-x64 ]]; then
    printf '== wine: not run, it needs Linux on x64\n'
    return
  fi
  printf '== wine: prepare\n'
  scripts/wine.sh prepare "$machine" || { fail "wine: it could not be prepared"; return; }
  CCP_WINE="$machine" run_tests wine "$limit" CodexClaudeProxy.EndToEnd -trait "Stage=wine"
  # A garbage collection takes long in Wine; with this much memory there are few.
  DOTNET_GCgen0size=0x10000000 run_program wine-files "$limit" \
    scripts/wine.sh run "$machine" CodexClaudeProxy.Tests -namespace "CodexClaudeProxy.Tests.Accounts" -namespace "CodexClaudeProxy.Tests.Files"
  scripts/wine.sh end "$machine"
}

setup() { scripts/setup.sh "$([[ -n "$all" ]] && echo all || echo test)"; }
if [[ "${CI:-}" == true ]]; then
  step "Set up" setup
else
  # At somebody's desk the tests that need what is missing say so themselves.
  setup || scripts/setup.sh || { fail "Set up"; finish; }
fi

source scripts/binary.sh
# Fails when a lock file does not name what is restored, for any platform that is built here.
step "Restore" dotnet restore CodexClaudeProxy.sln --locked-mode --force
step "Build" dotnet build CodexClaudeProxy.sln -c Debug -v quiet
step "Publish" publish
export CCP_BINARY="$binary"
run_core
run_stages
finish
