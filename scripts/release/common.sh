# shellcheck shell=bash disable=SC2034
# To be sourced by the scripts beside it; they work in the root of the project.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

program=codex-claude-proxy
# Every release has a program for each of these.
targets=(linux-x64 linux-arm64 linux-x64-static linux-arm64-static osx-x64 osx-arm64 win-x64 win-arm64)

die() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; exit 1; }

# Prints the comment at the top of the script.
usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }

# need <command> <package>: stops where a tool is missing.
need() { command -v "$1" >/dev/null || die "$1 is missing (Debian, Ubuntu: apt-get install $2)"; }

# The version stands in one place.
version() { sed -n 's/.*<Version>\(.*\)<\/Version>.*/\1/p' Directory.Build.props; }

# The file of a target, as a release names it.
asset() { case "$1" in win-*) echo "$program-$1.exe" ;; *) echo "$program-$1" ;; esac; }

sha256() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

# The checksum of one file of a release folder.
checksum_of() { awk -v name="$2" '$2 == name { print $1; found = 1 } END { exit !found }' "$1/checksums.txt" || die "$1/checksums.txt does not name $2"; }

# The oldest glibc that a dynamic program starts with; nothing for a static one.
glibc_floor() { readelf -VW "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1; }
