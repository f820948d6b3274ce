#!/usr/bin/env bash
# Builds the program of one target as a release has it, on a machine of that kind, and puts it into a folder under its release name.
#
#   scripts/release/build.sh linux-x64-static OUT [ARGUMENTS OF DOTNET PUBLISH...]
set -euo pipefail
[[ $# -ge 2 ]] || set -- ""
target="$1"
out="$(mkdir -p "${2:-.}" && cd "${2:-.}" && pwd)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ -n "$target" ]] || usage
[[ " ${targets[*]} " == *" $target "* ]] || die "$target is no target of a release: ${targets[*]}"
shift 2

rid="${target%-static}"
built="dist/$target/$program"
case "$target" in
  # Git's shell on Windows would otherwise rewrite what looks like a path to it.
  win-*) built+=.exe; MSYS2_ARG_CONV_EXCL='*' pwsh -NoProfile -File publish.ps1 "$rid" --release "$@" ;;
  *-static) ./publish.sh "$rid" --release --static "$@" ;;
  *) ./publish.sh "$rid" --release "$@" ;;
esac

case "$target" in
  linux-*) scripts/release/floor.sh "$built" ;;
  *)
    system="${target%-*}"
    node scripts/release/locks.mjs "$system"
    # To be committed, if it was not there before.
    for lock in src/*/packages."$system".lock.json; do cp "$lock" "$out/$(basename "$(dirname "$lock")").$(basename "$lock")"; done
    ;;
esac
# Without any signature Apple's processors do not start a program. This one says nothing about who made it.
if [[ "$target" == osx-* ]]; then
  codesign --force --sign - "$built"
  codesign --verify --strict "$built"
fi
cp "$built" "$out/$(asset "$target")"
