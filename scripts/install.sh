#!/bin/sh
# Installs codex-claude-proxy, one program file, for the current user:
#
#   sh install.sh                    the newest version, to ~/.local/bin
#   sh install.sh --version 1.2.3    this version (or CCP_VERSION=1.2.3)
#   sh install.sh --to DIR           to another directory
#   sh install.sh --target TARGET    another build than the one that suits this machine, such as linux-x64-static
#
# Needs curl or wget, and sha256sum, shasum or openssl. Asks for no password, changes no other file, and ends by telling how to undo it.
# The braces around everything make the shell read all of it before it does anything: a download that was cut short does nothing.
{
set -eu

# A release fills these in (docs/RELEASING.md): where its files are, and the minisign key they are signed with.
release_source=
release_key=

program=codex-claude-proxy
say() { printf '%s\n' "$@"; }
# For a command that is to be copied: as it is where it can be, else in quotes.
quoted() { case "$1" in *[!A-Za-z0-9/._+@%=,:-]*) printf '%s\n' "$1" | sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/'/" ;; *) say "$1" ;; esac; }
die() { printf 'install: %s\n' "$@" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }

fetch() { # file address
  case "$2" in https:*) schemes="=https" ;; *) schemes="=http,https" ;; esac
  if has curl; then curl -fsSL --proto "$schemes" --retry 2 --connect-timeout 30 --speed-limit 1 --speed-time 60 -o "$1" "$2"
  # The wget in Debian's busybox crashes (139) when it is given a time limit.
  elif has wget; then wget -q -T 60 -O "$1" "$2" || { [ $? -eq 139 ] && wget -q -O "$1" "$2"; }
  else die "Neither curl nor wget is installed."
  fi || die "$2 cannot be fetched. Nothing was changed."
}

sum_of() { # file
  if has sha256sum; then sha256sum <"$1"
  elif has shasum; then shasum -a 256 <"$1"
  else openssl dgst -sha256 -r <"$1"
  fi | cut -c 1-64
}

# The two builds for Linux differ in what they need: the static one nothing, the other glibc 2.28 or newer and OpenSSL.
linux_suffix() {
  if is_musl || is_old_glibc || ! has_libssl; then echo -static; fi
}

is_musl() { ldd --version 2>&1 | grep -qi musl; }

is_old_glibc() {
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null || ldd --version 2>/dev/null | head -n 1) || glibc=
  glibc=${glibc##* }
  major=${glibc%%.*} minor=${glibc#*.}
  minor=${minor%%[!0-9]*}
  case "$major/$minor" in */ | /* | *[!0-9/]*) return 0 ;; esac
  [ "$major" -lt 2 ] || { [ "$major" -eq 2 ] && [ "$minor" -lt 28 ]; }
}

has_libssl() {
  for library in /usr/lib/*-linux-gnu /lib/*-linux-gnu /usr/lib64 /lib64 /usr/lib /lib; do
    if [ -e "$library/libssl.so.3" ] || [ -e "$library/libssl.so.1.1" ]; then return; fi
  done
  return 1
}

find_target() {
  case "$(uname -m)" in
    x86_64 | amd64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) die "There is no build for $(uname -m). Build it from source: publish.sh" ;;
  esac
  case "$(uname -s)" in
    Linux) echo "linux-$arch$(linux_suffix)" ;;
    Darwin)
      # A shell under Rosetta sees an Intel processor.
      if [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || :)" = 1 ]; then arch=arm64; fi
      echo "osx-$arch" ;;
    *) die "On Windows use install.ps1." ;;
  esac
}

# Only where minisign is installed: the checksum alone shows a damaged download, not a forged release.
verify_signature() { # directory
  [ -n "$release_key" ] || return 0
  if ! has minisign; then
    say "The signature was not verified, because minisign is not installed. $program update verifies it without."
    return 0
  fi
  fetch "$1/checksums.txt.sig" "$release_source/download/v$version/checksums.txt.sig"
  minisign -V -q -P "$release_key" -m "$1/checksums.txt" -x "$1/checksums.txt.sig" >/dev/null ||
    die "The signature of checksums.txt is not valid. Nothing was changed."
}

tell() { # the program that was there before, if there was one
  say "$program $version ($target) is installed: $file"
  case ":$PATH:" in
    *":$directory:"*) say "Start it with: $program" ;;
    *) say "$directory is not on your PATH. Start it with: $(quoted "$file")" \
         "or put the directory on the PATH, in ~/.profile or your shell's own file: export PATH=$(quoted "$directory"):\"\$PATH\"" ;;
  esac
  if [ -n "$1" ]; then say "The program that was there before is kept. To undo: mv -f $(quoted "$1") $(quoted "$file")"
  else say "To undo: rm $(quoted "$file")"
  fi
}

main() {
  version=${CCP_VERSION:-} directory=${HOME:+$HOME/.local/bin} target=
  release_source=${CCP_RELEASE_SOURCE:-$release_source}
  while [ $# -gt 0 ]; do
    case "$1" in
      --version | --to | --target) [ -n "${2:-}" ] || die "$1 needs a value." ;;
      *) die "Unknown argument: $1. There are --version X, --to DIR and --target TARGET." ;;
    esac
    case "$1" in
      --version) version=$2 ;;
      --to) directory=$2 ;;
      --target) target=$2 ;;
    esac
    shift 2
  done
  [ -n "$release_source" ] || die "This installer has no release source. Take the one of a release, or name the source in CCP_RELEASE_SOURCE."
  release_source=${release_source%/}
  has sha256sum || has shasum || has openssl || die "None of sha256sum, shasum and openssl is installed, so that nothing could be verified."
  [ -n "$directory" ] || die "HOME is not set. Name a directory with --to."
  # Absolute, so that neither CDPATH nor a dash at its beginning counts.
  case "$directory" in /*) ;; *) directory=$PWD/$directory ;; esac
  [ -n "$target" ] || target=$(find_target)
  case "$target" in *[!0-9a-z-]*) die "'$target' is not a target such as linux-x64-static." ;; esac

  umask 022
  work=$(mktemp -d)
  next='' aside=''
  trap 'rm -rf "$work"; [ -z "$next" ] || rm -f "$next" "$aside"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  if [ -z "$version" ]; then
    fetch "$work/version.txt" "$release_source/latest/download/version.txt"
    version=$(head -n 1 "$work/version.txt")
  fi
  version=${version#v}
  case "$version" in "" | *[!0-9A-Za-z.-]*) die "'$version' is not a version. Nothing was changed." ;; esac

  asset=$program-$target
  fetch "$work/checksums.txt" "$release_source/download/v$version/checksums.txt"
  verify_signature "$work"
  wanted=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]$asset\$/\1/p" "$work/checksums.txt" | head -n 1)
  [ -n "$wanted" ] || die "Release $version has no program for $target. Nothing was changed."
  file=$directory/$program
  [ ! -d "$file" ] || die "$file is a directory. Name another directory with --to. Nothing was changed."
  if [ -f "$file" ] && [ "$(sum_of "$file")" = "$wanted" ]; then
    say "$program $version ($target) is installed already: $file"
    return
  fi

  fetch "$work/$asset" "$release_source/download/v$version/$asset"
  [ "$(sum_of "$work/$asset")" = "$wanted" ] || die "$asset does not have the checksum that checksums.txt names: it was damaged or changed on its way. Nothing was changed."

  mkdir -p "$directory" || die "$directory cannot be made. Name another directory with --to."
  directory=$(cd "$directory" && pwd)
  file=$directory/$program
  # Copied beside the place where it goes, so that the last step is a rename: at every moment there is a whole program or none.
  # The names are of this process alone, because two may be at work.
  next=$file.next.$$ aside=$file.aside.$$
  cp "$work/$asset" "$next" || die "$directory cannot be written. Name another directory with --to. Nothing was changed."
  chmod 755 "$next"
  told=$("$next" version --json 2>/dev/null </dev/null) || die "$asset does not start on this machine. Nothing was changed."
  # A server may show an old release under the address of a new one.
  told=$(printf '%s\n' "$told" | sed -n 's/.*"version": *"\([^"]*\)".*/\1/p')
  [ "$told" = "$version" ] || die "$asset is version $told, not $version. Nothing was changed."
  previous=
  if [ -e "$file" ] || [ -L "$file" ]; then
    previous=$file.previous
    # A link stays a link: what it leads to may belong to a package manager.
    cp -pP "$file" "$aside"
    mv -f "$aside" "$previous"
  fi
  mv -f "$next" "$file"
  tell "$previous"
}

main "$@"; exit; }
