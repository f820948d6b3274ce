#!/usr/bin/env bash
# Installs what building (and, with an argument, testing) needs beside git, the .NET SDK and Node.js.
# Does nothing, and quickly, when everything is there. System packages are installed on Debian and its relatives, as root or
# through sudo; elsewhere, and for the SDK and Node.js, it says what to install.
#
#   scripts/setup.sh          a native linker, and SQLite to link in
#   scripts/setup.sh test     also Chromium, tmux, minisign, ShellCheck and the real clients that the tests run
#   scripts/setup.sh all      also what the stages of scripts/test.sh --all need: the clients that are heavy
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

has_shellcheck() { has shellcheck; }

has_package_tools() { has dpkg-deb && has lintian && has rpmbuild && has mmdebstrap && has ruby; }

has_nginx() { has nginx || [[ -x /usr/sbin/nginx ]]; }

has_caddy() { has caddy; }

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
  need "minisign" has_minisign minisign
  need "ShellCheck" has_shellcheck shellcheck
  clients tests/clients
fi
if [[ "$purpose" == all ]]; then
  clients tests/clients/more more
  [[ "$(uname -s)" != Linux ]] || need "What a static program is linked with" has_static_openssl cmake lld libssl-dev
  [[ "$(uname -s)" != Linux ]] || need "What boots a small Linux" has_systemd_container systemd-container mmdebstrap
  [[ "$(uname -s)" != Linux ]] || need "What the image of the container is built and run with" has_podman podman runc
  [[ "$(uname -s)" != Linux ]] || need "What packages are made and looked at with" has_package_tools dpkg lintian rpm mmdebstrap ruby
  need "shellcheck" has_shellcheck shellcheck
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
