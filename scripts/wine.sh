#!/usr/bin/env bash
# Builds the program and its tests for Windows and runs them in Wine. They are not compiled ahead of time, which needs Windows itself.
#
#   scripts/wine.sh prepare FOLDER              publishes into FOLDER/program and makes a Windows, FOLDER/prefix
#   scripts/wine.sh run FOLDER PROGRAM ARGS...  runs FOLDER/program/PROGRAM.exe in this process; SIGINT is its Ctrl+C
#   scripts/wine.sh end FOLDER                  ends what still runs there
set -euo pipefail

command="${1:-}" folder="${2:-}"
[[ "$command" =~ ^(prepare|run|end)$ && -n "$folder" ]] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
shift 2
[[ "$folder" == /* ]] || folder="$PWD/$folder"

# Debian keeps it off the PATH.
export PATH="$PATH:/usr/lib/wine"
wine="$(command -v wine64)" || { echo "wine: wine64 is missing (Debian, Ubuntu: apt-get install wine64)" >&2; exit 1; }
# Without a debugger that waits for somebody. With mscoree.dll, though: every .NET assembly names it, and is not loaded without it.
export WINEPREFIX="$folder/prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mshtml,winedbg.exe="

prepare() {
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  # Desktop, Documents and the like become links into the home directory; not into yours.
  mkdir -p "$WINEPREFIX" "$folder/home"
  # The lock files list packages for the systems the program is compiled for here; this build leaves them alone.
  dotnet publish tests/CodexClaudeProxy.Tests -c Release -r win-x64 --self-contained -o "$folder/program" --nologo -v quiet \
    -p:PublishAot=false -p:ForWine=true -p:ArtifactsPath="$folder/artifacts" \
    -p:RestorePackagesWithLockFile=false -p:NuGetLockFilePath="$folder/packages.lock.json"
  rm -rf "$folder/artifacts"
  # Here without mscoree.dll: with it Wine would look for a .NET of its own.
  HOME="$folder/home" WINEDLLOVERRIDES="mscoree,$WINEDLLOVERRIDES" timeout 900 "$wine" wineboot --init >&2
  cp "$folder/program/e_sqlite3.dll" "$WINEPREFIX/drive_c/windows/system32/winsqlite3.dll"
  [[ "$(timeout 120 "$wine" "$folder/program/codex-claude-proxy.exe" version)" == "codex-claude-proxy "* ]] || { echo "wine: the program does not start" >&2; exit 1; }
}

case "$command" in
  prepare) prepare ;;
  run) program="$1"; shift; exec "$wine" "$folder/program/$program.exe" "$@" ;;
  end) wineserver -k || true ;;
esac
