#!/usr/bin/env bash
# What a release for Linux is linked with: files of Debian packages, so that it does not depend on the machine that builds it.
# The packages are named in scripts/sysroot.packages with their SHA-256 hashes. Nothing is installed, and root is not needed.
#
#   scripts/sysroot.sh linux-x64           fetches what is missing, and prints the directory
#   scripts/sysroot.sh linux-arm64 static  for a static program
#   scripts/sysroot.sh pin                 writes sysroot.packages anew, from package lists that Debian has signed
#
# Debian's own mirror is asked first, then its archives; DEBIAN_MIRRORS names other addresses, separated by blanks.
#
# A dynamic program is linked with the C library of Debian 11, which makes it start wherever that or a newer one is. Whatever
# becomes a part of a program comes from Debian 12.
set -euo pipefail
shopt -s lastpipe
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
list="$here/sysroot.packages"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/codex-claude-proxy"

die() { printf 'sysroot: %s\n' "$@" >&2; exit 1; }
need() { local name; for name in "$@"; do command -v "$name" >/dev/null || die "$name is missing."; done; }
sum() { sha256sum "$1" | cut -d ' ' -f 1; }

# fetch <file> <sha256> <path>: from the first source that has what is asked for.
fetch() {
  local file="$1" hash="$2" path="$3" part="$1.$$" source sources=()
  [[ -f "$file" && "$(sum "$file")" == "$hash" ]] && return
  for source in ${DEBIAN_MIRRORS:-https://deb.debian.org https://archive.debian.org}; do sources+=("$source/$path"); done
  # Keeps every version there ever was, by the day it was there.
  [[ -n "${DEBIAN_MIRRORS:-}" ]] || sources+=("https://snapshot.debian.org/archive/${path%%/*}/$(sed -n 's/^# day //p' "$list")/${path#*/}")
  for source in "${sources[@]}"; do
    curl --fail --location --silent --show-error --retry 2 --connect-timeout 20 --output "$part" "$source" || continue
    [[ "$(sum "$part")" == "$hash" ]] && { mv "$part" "$file"; return; }
    printf 'sysroot: %s is not the file that was pinned\n' "$source" >&2
  done
  rm -f "$part"
  die "${path##*/} was not found with the hash of sysroot.packages. Where a source has a newer version only, 'scripts/sysroot.sh pin' names that."
}

# Packages are archives of ar, with the files in one of tar.
unpack() {
  local package="$1" into="$2" data
  data="$(ar t "$package" | grep '^data\.tar')"
  ar p "$package" "$data" | tar --extract --directory "$into" "--$([[ "$data" == *.xz ]] && echo xz || echo zstd)"
}

# Links that name a place of the whole system lead out of the sysroot; they become relative ones.
keep_links_inside() {
  local root="$1" link target
  find "$root" -type l -lname '/*' | while read -r link; do
    target="$(readlink "$link")"
    ln -sfnr "$root$target" "$link"
  done
}

# Has cmake compile OpenSSL's part of .NET for the target and with the headers in here, not with this machine's.
write_toolchain() {
  cat >"$1/toolchain.cmake" <<END
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR $2)
set(CMAKE_C_COMPILER clang)
set(CMAKE_C_COMPILER_TARGET $2-linux-gnu)
set(CMAKE_SYSROOT "\${CMAKE_CURRENT_LIST_DIR}")
set(CMAKE_TRY_COMPILE_TARGET_TYPE EXECUTABLE)
set(CMAKE_C_FLAGS_INIT "-Wno-unused-value")
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld")
set(CMAKE_LIBRARY_ARCHITECTURE $2-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(OPENSSL_USE_STATIC_LIBS TRUE)
END
}

make_sysroot() {
  local rid="$1" kind="$2" architecture triple packages root hash path
  case "$rid" in
    linux-x64) architecture=amd64 triple=x86_64 ;;
    linux-arm64) architecture=arm64 triple=aarch64 ;;
    *) die "There is no sysroot for $rid." ;;
  esac
  need curl ar tar xz sha256sum
  packages="$(grep "^$kind $architecture " "$list")" || die "sysroot.packages names nothing for $kind $architecture."
  root="$cache/sysroot/$rid-$kind-$(sha256sum <<<"$packages" | cut -c 1-12)"
  if [[ ! -d "$root" ]]; then
    mkdir -p "$cache/packages" "$root.$$"
    # shellcheck disable=SC2064 # The name is gone when the script ends.
    trap "rm -rf '$root.$$'" EXIT
    while read -r _ _ hash path; do
      fetch "$cache/packages/$hash.deb" "$hash" "$path"
      unpack "$cache/packages/$hash.deb" "$root.$$"
    done <<<"$packages"
    keep_links_inside "$root.$$"
    write_toolchain "$root.$$" "$triple"
    # Two builds may have started at the same time; whoever comes second takes what is there.
    mv -T "$root.$$" "$root" 2>/dev/null || [[ -d "$root" ]]
  fi
  printf '%s\n' "$root"
}

# newest <architecture> <package> <suites...>: its hash and path.
newest() {
  local architecture="$1" package="$2"
  shift 2
  awk -v package="$package" 'BEGIN { RS = ""; FS = "\n" } $1 == "Package: " package {
    for (i = 1; i <= NF; i++) { split($i, field, ": "); member[field[1]] = substr($i, length(field[1]) + 3) }
    print member["Version"], member["SHA256"], FILENAME ~ /security/ ? "debian-security/" member["Filename"] : "debian/" member["Filename"]
  }' "${@/%/-$architecture}" | sort -V | tail -n 1 | cut -d ' ' -f 2-
}

# package_list <archive> <suite> <architecture>: as far as its signature and hash are right.
package_list() {
  local suite="$2" architecture="$3" release="$work/$2" source hash
  read -r source _ <<<"${DEBIAN_MIRRORS:-https://deb.debian.org}"
  source+="/$1/dists/$2"
  if [[ ! -f "$release" ]]; then
    curl --fail --location --silent --show-error --output "$release.signed" "$source/InRelease"
    gpgv --quiet --keyring /usr/share/keyrings/debian-archive-keyring.gpg --output "$release" "$release.signed" 2>/dev/null || die "The signature of $suite is not Debian's."
  fi
  hash="$(awk -v name="main/binary-$architecture/Packages.xz" '/^[A-Z]/ { kind = $1 } kind == "SHA256:" && $3 == name { print $1 }' "$release")"
  curl --fail --location --silent --show-error --output "$work/list.xz" "$source/main/binary-$architecture/Packages.xz"
  [[ "$(sum "$work/list.xz")" == "$hash" ]] || die "The package list of $suite is not the one that was signed."
  xz --decompress --stdout "$work/list.xz" >"$work/$suite-$architecture"
}

pin() {
  need curl gpgv xz sha256sum
  [[ -f /usr/share/keyrings/debian-archive-keyring.gpg ]] || die "Debian's keys are missing (package debian-archive-keyring)."
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  local architecture package
  for architecture in amd64 arm64; do
    package_list debian bullseye "$architecture"
    package_list debian bookworm "$architecture"
    package_list debian-security bookworm-security "$architecture"
  done
  {
    echo "# Written by 'scripts/sysroot.sh pin' from package lists that Debian has signed: kind, architecture, SHA-256, path."
    echo "# day $(date -u -d yesterday +%Y%m%dT000000Z)"
    cd "$work"
    for architecture in amd64 arm64; do
      # Nothing of these becomes a part of the program; the main archive of an old release does not change any more.
      for package in libc6 libc6-dev libgcc-10-dev libgcc-s1; do
        echo "dynamic $architecture $(newest "$architecture" "$package" bullseye)"
      done
      echo "dynamic $architecture $(newest "$architecture" libsqlite3-dev bookworm bookworm-security)"
      for package in libc6 libc6-dev libgcc-12-dev libgcc-s1 libssl-dev libsqlite3-dev; do
        echo "static $architecture $(newest "$architecture" "$package" bookworm bookworm-security)"
      done
      # Headers only; the security updates of the kernel would replace them every few weeks.
      echo "static $architecture $(newest "$architecture" linux-libc-dev bookworm)"
    done
  } >"$work/packages"
  mv "$work/packages" "$list"
}

case "$*" in
  pin) pin ;;
  linux-*\ static) make_sysroot "$1" static ;;
  linux-*) make_sysroot "$1" dynamic ;;
  *) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
