#!/usr/bin/env bash
# Signs the checksums of a release folder. Where there is no key (CCP_SIGNING_KEY, CCP_SIGNING_KEY_FILE), it only says so: the owner may
# want to sign elsewhere, and adds checksums.txt.sig to the draft.
#
#   scripts/release/sign.sh FOLDER
set -euo pipefail
[[ $# == 1 ]] && folder="$(cd "$1" && pwd)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# == 1 ]] || usage

if [[ -z "${CCP_SIGNING_KEY:-}${CCP_SIGNING_KEY_FILE:-}" ]]; then
  echo "sign: there is no key; checksums.txt.sig is missing until somebody signs (docs/RELEASING.md)" >&2
  exit
fi
scripts/sign.sh "$folder/checksums.txt"
