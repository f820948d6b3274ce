#!/usr/bin/env bash
# Installs the pinned real clients that the end-to-end tests run, below the node_modules of their folder.
# Does nothing when the installed set already matches the lock file. No install scripts of the packages are run.
#
#   scripts/install-clients.sh        the core, tests/clients
#   scripts/install-clients.sh more   the agents and heavy libraries, tests/clients/more
set -euo pipefail

clients="$(cd "$(dirname "${BASH_SOURCE[0]}")/../tests/clients/${1:-}" && pwd)"
stamp="$clients/node_modules/.installed-lock-hash"

if ! command -v npm >/dev/null; then
  echo "install-clients: npm is not on the PATH; install Node.js 20 or newer first." >&2
  exit 1
fi

if command -v sha256sum >/dev/null; then
  hash="$(sha256sum <"$clients/package-lock.json" | cut -d ' ' -f 1)"
else
  hash="$(shasum -a 256 <"$clients/package-lock.json" | cut -d ' ' -f 1)"
fi

if [[ -f "$stamp" && "$(<"$stamp")" == "$hash" ]]; then
  echo "install-clients: up to date."
  exit 0
fi

echo "install-clients: installing into $clients/node_modules (1 to 2 GB) ..."
# Some clients declare a newer Node than the one npm runs on; the tests start them with the Node installed here.
(cd "$clients" && npm ci --ignore-scripts --no-progress --loglevel=error)
printf '%s\n' "$hash" >"$stamp"
echo "install-clients: done."
