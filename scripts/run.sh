#!/usr/bin/env bash
# Builds the native program and starts a demo: simulated upstream, no login, no network, nothing kept.
#
#   scripts/run.sh                  on port 8081
#   scripts/run.sh --port 9000      arguments go to the program, see: scripts/run.sh --help
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/binary.sh

scripts/setup.sh
if [[ ! -x "$binary" || -n "$(find src Directory.*.props global.json -newer "$binary" -print -quit)" ]]; then
  echo "run: building the native program (one to three minutes the first time) ..." >&2
  ./publish.sh "$rid"
fi
exec "$binary" demo "$@"
