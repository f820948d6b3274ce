#!/usr/bin/env bash
# Makes a release folder of what the machines have built: checks that everything is there, and adds what tells of the whole.
#
#   scripts/release/collect.sh BUILT FOLDER     BUILT holds a program for each target, and may hold packages (.deb, .rpm)
#
# With RELEASE_SOURCE and RELEASE_KEY, what the programs were built with, the installers are among the files.
set -euo pipefail
[[ $# == 2 ]] && built="$(cd "$1" && pwd)" && folder="$(mkdir -p "$2" && cd "$2" && pwd)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# == 2 ]] || usage
need node nodejs

missing=()
for target in "${targets[@]}"; do
  name="$(asset "$target")"
  if [[ -s "$built/$name" ]]; then install -m 755 "$built/$name" "$folder/$name"; else missing+=("$name"); fi
done
(( ${#missing[@]} == 0 )) || die "$built lacks ${missing[*]}"
find "$built" -maxdepth 1 \( -name '*.deb' -o -name '*.rpm' \) -exec cp {} "$folder" \;

version >"$folder/version.txt"
node scripts/release/sbom.mjs "$folder"
[[ -z "${RELEASE_SOURCE:-}" || -z "${RELEASE_KEY:-}" ]] || scripts/installers.sh "$folder" "$RELEASE_SOURCE" "$RELEASE_KEY"

cd "$folder"
rm -f checksums.txt checksums.txt.sig
# In one order everywhere.
LC_ALL=C
files=(*)
sums="$(sha256 "${files[@]}")"
printf '%s\n' "$sums" >checksums.txt
echo "$folder: ${#files[@]} files and checksums.txt"
