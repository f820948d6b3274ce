#!/usr/bin/env bash
# Signs a file with the release key, for the program and for minisign: writes FILE.sig beside it. See docs/RELEASING.md.
#
#   scripts/sign.sh dist/release/checksums.txt
#
# The secret key, as minisign makes it, is named by CCP_SIGNING_KEY_FILE or held by CCP_SIGNING_KEY, its password by
# CCP_SIGNING_PASSWORD if it has one. With CCP_RELEASE_KEY, the public key, the signature is verified as well.
set -euo pipefail

die() { echo "sign: $*" >&2; exit 1; }

[[ $# -eq 1 && -f "$1" ]] || die "it takes one file"
command -v minisign >/dev/null || die "minisign is missing. Install it (Debian, Ubuntu: apt-get install minisign; macOS: brew install minisign)"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
key="${CCP_SIGNING_KEY_FILE:-}"
if [[ -z "$key" ]]; then
  [[ -n "${CCP_SIGNING_KEY:-}" ]] || die "there is no key: set CCP_SIGNING_KEY_FILE or CCP_SIGNING_KEY"
  key="$work/key"
  (umask 077; printf '%s\n' "$CCP_SIGNING_KEY" >"$key")
fi

# It asks for a password on its input; a key without one reads none.
printf '%s\n' "${CCP_SIGNING_PASSWORD:-}" |
  minisign -S -s "$key" -m "$1" -x "$1.sig" -c "signature of codex-claude-proxy" -t "codex-claude-proxy $(basename "$1")" >/dev/null ||
  die "$1 was not signed"
[[ -z "${CCP_RELEASE_KEY:-}" ]] || minisign -V -q -P "$CCP_RELEASE_KEY" -m "$1" -x "$1.sig" >/dev/null || die "the signature does not match CCP_RELEASE_KEY"
echo "$1.sig" >&2
