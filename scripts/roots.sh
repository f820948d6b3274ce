#!/usr/bin/env bash
# Makes small systems to try the program in: those of Debian 11, 12 and 13 with OpenSSL, one with musl and busybox, and Debian 12
# for arm64. They are directories made of Debian's packages; nothing is configured in them, and root is not needed.
#
#   scripts/roots.sh FOLDER    makes FOLDER/debian-11, debian-12, debian-13, musl and arm64; what is there already stays
#
# What cannot be made is said, and makes the exit code 1; the others are made all the same. DEBIAN_MIRRORS names another mirror.
set -uo pipefail

folder="${1:-}"
[[ -n "$folder" && "$folder" != -* ]] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
command -v mmdebstrap >/dev/null || { echo "roots: mmdebstrap is missing (Debian, Ubuntu: apt-get install mmdebstrap)" >&2; exit 1; }
mkdir -p "$folder"
read -r mirror _ <<<"${DEBIAN_MIRRORS:-http://deb.debian.org}"
missing=0

# root <name> <suite> <packages> <arguments...>
root() {
  local name="$1" suite="$2" packages="$3" target="$folder/$1" log
  shift 3
  [[ ! -d "$target" ]] || return 0
  mkdir -p "$target.new"
  # Without the files of /dev, which only root can make.
  if log="$({ mmdebstrap --variant=extract --include="$packages" "$@" "$suite" - "$mirror/debian" |
    tar --extract --directory "$target.new" --exclude './dev/*' --no-same-owner; } 2>&1)"; then
    mv "$target.new" "$target"
  else
    printf 'roots: %s cannot be made:\n%s\n' "$name" "$(tail -n 5 <<<"$log")" >&2
    rm -rf "$target.new"
    missing=1
  fi
}

root debian-11 bullseye base-files,libssl1.1
root debian-12 bookworm base-files,libssl3
root debian-13 trixie base-files,libssl3t64
root musl bookworm musl,busybox-static
root arm64 bookworm base-files,libssl3 --architectures=arm64
exit "$missing"
