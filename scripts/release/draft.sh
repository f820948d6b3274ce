#!/usr/bin/env bash
# Makes a draft of the release on GitHub, with all files of a release folder and the changelog's text. A person looks at it and publishes it.
# GITHUB_REPOSITORY (owner/name) says where; gh finds its token in GH_TOKEN.
#
#   scripts/release/draft.sh FOLDER
set -euo pipefail
[[ $# == 1 ]] && folder="$(cd "$1" && pwd)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# == 1 ]] || usage
need gh gh
[[ -n "${GITHUB_REPOSITORY:-}" ]] || die "GITHUB_REPOSITORY does not name the repository"

version="$(version)"
[[ "$(<"$folder/version.txt")" == "$version" ]] || die "$folder holds version $(<"$folder/version.txt"), the source is $version"
(cd "$folder" && sha256 --check --quiet checksums.txt) || die "$folder is not what its checksums.txt says"
notes="$(scripts/release/notes.sh "$version")"
[[ -s "$folder/checksums.txt.sig" ]] || echo "draft: checksums.txt.sig is missing: sign, and add it before you publish (docs/RELEASING.md)" >&2

options=(--draft --verify-tag --title "$program $version" --notes "$notes")
[[ "$version" != *-* ]] || options+=(--prerelease)
gh release create "v$version" --repo "$GITHUB_REPOSITORY" "${options[@]}" "$folder"/*
