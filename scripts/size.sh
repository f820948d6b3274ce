#!/usr/bin/env bash
# What is in the published binary, and whose it is: builds it once more with the native compiler's map beside, and prints two tables.
#
#   scripts/size.sh                    for this machine
#   scripts/size.sh -p:Name=Value …    with further arguments for the build, to see what one saves
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/binary.sh
./publish.sh "$rid" -p:IlcGenerateMapFile=true "$@" >&2
node scripts/size.mjs "artifacts/obj/CodexClaudeProxy/release_$rid/native/codex-claude-proxy.map.xml" "$binary"
