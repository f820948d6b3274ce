#!/usr/bin/env bash
# Prints what the changelog says about a version: the text below its heading "## 1.2.3" or "## [1.2.3] - 2026-01-31".
#
#   scripts/release/notes.sh VERSION [CHANGELOG]
set -euo pipefail
[[ $# -lt 2 ]] || changelog="$(cd "$(dirname "$2")" && pwd)/$(basename "$2")"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# -ge 1 ]] || usage
changelog="${changelog:-docs/CHANGELOG.md}"
[[ -f "$changelog" ]] || die "there is no $changelog"

notes="$(awk -v version="$1" '
  /^## / { heading = $2; gsub(/[][]/, "", heading); sub(/^v/, "", heading); inside = heading == version; next }
  inside { print }' "$changelog")"
# Neither empty lines at its beginning nor nothing at all.
notes="$(sed '/./,$!d' <<<"$notes")"
[[ -n "$notes" ]] || die "$changelog says nothing about $1"
printf '%s\n' "$notes"
