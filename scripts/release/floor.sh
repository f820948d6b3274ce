#!/usr/bin/env bash
# Checks what a program for Linux asks of the system: no newer glibc than this, or nothing at all if it is a static one.
#
#   scripts/release/floor.sh PROGRAM [GLIBC]
set -euo pipefail
[[ $# -ge 1 ]] && file="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# -ge 1 ]] || usage
need readelf binutils

most="${2:-2.28}"
header="$(readelf -hlW "$file")" || die "$1 is no program for Linux"
if ! grep -q INTERP <<<"$header"; then
  needed="$(readelf -dW "$file" | grep NEEDED || true)"
  [[ -z "$needed" ]] || die "$1 has no loader, but names libraries: $needed"
  echo "$1 needs no library"
  exit
fi
floor="$(glibc_floor "$file")" || die "$1 names no version of glibc"
[[ "$(printf '%s\n' "$floor" "$most" | sort -V | tail -n 1)" == "$most" ]] || die "$1 needs glibc $floor; a release has to start with $most"
echo "$1 needs glibc $floor"
