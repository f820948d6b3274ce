#!/usr/bin/env bash
# Installs what building (and, with an argument, testing) needs beside git, the .NET SDK and Node.js.
# Does nothing, and quickly, when everything is there. System packages are installed on Debian and its relatives, as root or
# through sudo; elsewhere, and for the SDK and Node.js, it says what to install.
#
#   scripts/setup.sh          a native linker, and SQLite to link in
#   scripts/setup.sh test     also Chromium, tmux, minisign, ShellCheck and the real clients that the tests run
#   scripts/setup.sh all      also what the stages of scripts/test.sh --all need: the clients that are heavy,
#                             Wine, PowerShell, and what releases for Linux are built and tried with
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

purpose="${1:-build}"
missing=()

has() { command -v "$1" >/dev/null 2>&1; }

any_of() {
  local name
  for name in "$@"; do has "$name" && return; done
  return 1
}

# A compiler alone is not enough: without the C library's own files it cannot link.
can_link() {
  local compiler
  for compiler in clang gcc; do
    has "$compiler" && echo 'int main(void) { return 0; }' | "$compiler" -x c - -o /dev/null 2>/dev/null && return
  done
  return 1
}

# The archive that becomes a part of the program, and the library that tests load.
has_sqlite() {
  [[ "$(uname -s)" != Linux ]] && return
  local compiler=gcc
  has gcc || compiler=clang
  [[ "$("$compiler" -print-file-name=libsqlite3.a)" == /* && "$("$compiler" -print-file-name=libsqlite3.so)" == /* ]]
}

has_chromium() { any_of chromium chromium-browser google-chrome google-chrome-stable; }

has_tmux() { has tmux; }

has_minisign() { has minisign; }

has_shellcheck() { has shellcheck; }

# What a static program is linked with.
has_static_openssl() {
  local compiler=gcc
  has gcc || compiler=clang
  has cmake && has ld.lld && [[ "$("$compiler" -print-file-name=libssl.a)" == /* ]]
}

has_podman() { has podman && { has runc || [[ -x /usr/sbin/runc ]]; }; }

has_package_tools() { has dpkg-deb && has lintian && has rpmbuild && has mmdebstrap && has ruby; }

# What a release is linked with beside its sysroot, and what fetches that.
has_release_tools() { has clang && has ld.lld && has cmake && has objdump && has curl && has xz; }

has_sysroot_tools() { has curl && has ar && has xz; }

has_mmdebstrap() { has mmdebstrap && [[ -f /usr/share/keyrings/debian-archive-keyring.gpg ]]; }

has_arm64_tools() { has qemu-aarch64-static && has aarch64-linux-gnu-objcopy; }

has_nginx() { has nginx || [[ -x /usr/sbin/nginx ]]; }

has_caddy() { has caddy; }

has_shells() { has zsh && has fish && has mandoc; }

# Debian keeps it off the PATH.
has_wine() { has wine64 || [[ -x /usr/lib/wine/wine64 ]]; }

# What boots a small Linux of its own.
has_systemd_container() { has systemd-nspawn && has mmdebstrap; }

# The lists are fetched at most once, and only if something is to be installed.
lists_are_fresh=
install() {
  has apt-get || return 1
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  if [[ "$(id -u)" != 0 ]]; then
    has sudo && sudo -n true 2>/dev/null || return 1
    apt=(sudo "${apt[@]}")
  fi
  echo "setup: installing $*" >&2
  [[ -n "$lists_are_fresh" ]] || "${apt[@]}" update >&2 || return 1
  lists_are_fresh=1
  "${apt[@]}" install --yes --no-install-recommends "$@" >&2
}

# need <name> <check> <packages...>: checks, installs, checks again.
need() {
  local name="$1" check="$2"
  shift 2
  "$check" && return
  install "$@" && "$check" || missing+=("$name (Debian, Ubuntu: apt-get install $*)")
}

# Fails also when the SDK is older than global.json asks for.
dotnet --version >/dev/null 2>&1 || missing+=("the .NET SDK that global.json names, or a newer one of its line (https://dotnet.microsoft.com/download)")
need "a native linker" can_link gcc libc6-dev
need "SQLite's development files" has_sqlite libsqlite3-dev

# clients <folder> <arguments...>: the packages of one folder of clients.
clients() {
  local folder="$1"
  shift
  if has npm; then
    scripts/install-clients.sh "$@" >&2 || missing+=("the clients of $folder (npm could not install them)")
  else
    missing+=("the clients of $folder: Node.js 20 or newer, with npm (https://nodejs.org)")
  fi
}

if [[ "$purpose" != build ]]; then
  need "Chromium" has_chromium chromium
  need "tmux" has_tmux tmux
  [[ "$(uname -s)" != Linux ]] || need "What fetches the libraries of a release" has_sysroot_tools curl binutils xz-utils
  need "minisign" has_minisign minisign
  need "ShellCheck" has_shellcheck shellcheck
  clients tests/clients
fi
# What people read and type is tried with these; at a desk the tests are skipped without them.
if [[ "$purpose" != build && "${CI:-}" == true ]]; then
  need "zsh, fish and mandoc" has_shells zsh fish mandoc
fi
if [[ "$purpose" == all ]]; then
  clients tests/clients/more more
  [[ "$(uname -s)" != Linux ]] || need "What a static program is linked with" has_static_openssl cmake lld libssl-dev
  [[ "$(uname -s)" != Linux ]] || need "What boots a small Linux" has_systemd_container systemd-container mmdebstrap
  [[ "$(uname -s)" != Linux ]] || need "What the image of the container is built and run with" has_podman podman runc
  [[ "$(uname -s)" != Linux ]] || need "What packages are made and looked at with" has_package_tools dpkg lintian rpm mmdebstrap ruby
  [[ "$(uname -s)" != Linux ]] || need "What a release is built with" has_release_tools clang lld cmake binutils curl xz-utils
  [[ "$(uname -s)" != Linux ]] || need "What makes small systems" has_mmdebstrap mmdebstrap debian-archive-keyring
  [[ "$(uname -sm)" != "Linux x86_64" ]] || need "What builds and runs programs for arm64" has_arm64_tools binutils-aarch64-linux-gnu qemu-user-static
  dotnet tool restore >/dev/null || missing+=("PowerShell (dotnet tool restore failed)")
  [[ "$(uname -sm)" != "Linux x86_64" ]] || need "Wine" has_wine wine64
  # Their packages start servers on port 80, which nobody wants at a desk; there the tests that need them are skipped.
  if [[ "${CI:-}" == true ]]; then
    need "nginx" has_nginx nginx-light
    need "Caddy" has_caddy caddy
  fi
fi

if (( ${#missing[@]} > 0 )); then
  printf 'setup: missing: %s\n' "${missing[@]}" >&2
  exit 1
fi
