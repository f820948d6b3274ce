#!/usr/bin/env bash
# Measures the published program beside nginx and haproxy, before the same fake backend, and prints a table. A whole run, which takes about a
# quarter of an hour, also writes it to docs/PERFORMANCE.md, where it is explained. For Debian and its relatives; the machine should be quiet.
#
#   scripts/bench.sh                    all rows
#   scripts/bench.sh --tls              instead the way that is used in earnest: TLS and HTTP/2 to the backend; without nginx, which cannot do that
#   scripts/bench.sh --quick            two minutes, to see whether something became much slower
#   scripts/bench.sh --rows slope,flat  some rows: size start idle events-100 events-1 events-1000 slope requests mixed memory flat many
#   scripts/bench.sh --static           with the static program beside the dynamic one
#   scripts/bench.sh --beside before=/path/of/another/codex-claude-proxy
#                                       with any other build beside, as often as wanted
#   scripts/bench.sh --with DOTNET_gcServer=1
#                                       with a variable in the program's environment, as often as wanted
#
# CCP_BINARY may name a published program; otherwise it is published. nginx and haproxy are the installed ones; one that is missing is fetched
# with apt and unpacked below artifacts, not installed. Both run as processes of this script, with files in a temporary directory.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/binary.sh

die() { printf 'bench: %s\n' "$@" >&2; exit 1; }

# program <name>: where it is. Prints nothing when there is none.
program() { PATH="$PATH:/usr/sbin:$fetched/usr/sbin" type -P "$1" || true; }

# fetch <name>: the package and what it needs that is not installed, without root and without starting a service.
fetch() {
  local packages folder
  command -v apt-get >/dev/null || die "$1 is missing, and there is no apt to fetch it with."
  echo "bench: fetching $1" >&2
  packages="$(apt-get --simulate --no-install-recommends install "$1" 2>/dev/null | sed -n 's/^Inst \([^ ]*\).*/\1/p')"
  [[ -n "$packages" ]] || die "$1 is missing, and apt does not know it. Perhaps after: apt-get update"
  folder="$(mktemp -d)"
  # One name to a line.
  # shellcheck disable=SC2086
  (cd "$folder" && apt-get -qq -o APT::Sandbox::User=root download $packages >&2) || die "$1 is missing, and apt could not fetch it. Install it with: apt-get install $1"
  mkdir -p "$fetched"
  find "$folder" -name '*.deb' -exec dpkg-deb --extract {} "$fetched" \;
  rm -rf "$folder"
}

fetched="$PWD/artifacts/bench"
arguments=() static=
while (( $# > 0 )); do
  case "$1" in
    --help) sed -n '2,/^set /s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit ;;
    --static) static=1 ;;
    *) arguments+=("$1") ;;
  esac
  shift
done

[[ "$(uname -s)" == Linux ]] || die "It measures with what Linux tells of processes."
scripts/setup.sh
for name in nginx haproxy; do
  [[ -n "$(program "$name")" ]] || fetch "$name"
  arguments+=("--$name" "$(program "$name")")
done
libraries="$fetched/usr/lib/$(uname -m)-linux-gnu"
export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

# Three thousand streams are six thousand connections.
ulimit -n "$(ulimit -Hn)"
[[ "$(ulimit -n)" == unlimited ]] || (( $(ulimit -n) >= 8192 )) || die "It needs 8192 open files; the limit here is $(ulimit -n) (ulimit -Hn)."

# is_stale <file>: it is missing, or older than the source.
is_stale() { [[ ! -x "$1" || -n "$(find src Directory.*.props global.json -newer "$1" -print -quit)" ]]; }

if [[ -n "${CCP_BINARY:-}" ]]; then
  [[ -x "$CCP_BINARY" ]] || die "CCP_BINARY names $CCP_BINARY, which is not there."
  binary="$(realpath "$CCP_BINARY")"
elif is_stale "$binary"; then
  ./publish.sh "$rid"
fi
if [[ -n "$static" ]]; then
  ! is_stale "dist/$rid-static/codex-claude-proxy" || ./publish.sh "$rid" --static
  arguments+=(--beside "static=$PWD/dist/$rid-static/codex-claude-proxy")
fi

dotnet build benchmarks/CodexClaudeProxy.Load -c Release -v quiet --nologo
exec artifacts/bin/CodexClaudeProxy.Load/release/CodexClaudeProxy.Load \
  --ours "$binary" --document "$PWD/docs/PERFORMANCE.md" "${arguments[@]}"
