#!/usr/bin/env bash
# Builds the container image from a static program for Linux (./publish.sh linux-x64 --static).
#
#   scripts/image.sh PROGRAM NAME [ARGUMENTS OF THE BUILD...]
#   scripts/image.sh dist/linux-x64-static/codex-claude-proxy ccp
#   scripts/image.sh dist/linux-arm64-static/codex-claude-proxy ccp:arm64 --platform linux/arm64
#
# CONTAINER names the program that builds it: docker (the default) or podman.
set -euo pipefail
[[ $# -ge 2 ]] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
die() { printf 'image: %s\n' "$*" >&2; exit 1; }

binary="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")" name="$2"
shift 2
cd "$(dirname "${BASH_SOURCE[0]}")/.."
engine="${CONTAINER:-docker}"
command -v "$engine" >/dev/null || die "$engine is missing; CONTAINER=podman takes that one"
# A dynamic program names its loader at its beginning.
! head -c 4096 "$binary" | LC_ALL=C grep -aq '/ld-' || die "the image has no C library: it takes a static program (./publish.sh linux-x64 --static)"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# Where Debian, Fedora, SUSE and macOS keep it; certificates are the same everywhere.
for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /var/lib/ca-certificates/ca-bundle.pem /etc/ssl/cert.pem; do
  [[ -s "$bundle" ]] && break
done
[[ -s "$bundle" ]] || die "no certificate authorities found; install ca-certificates"
install -m 644 "$bundle" "$work/ca-certificates.crt"
install -m 755 "$binary" "$work/codex-claude-proxy"
mkdir "$work/data"

# Only Docker's own format of an image can name a health check.
[[ "$(basename "$engine")" == docker ]] || set -- --format docker "$@"
"$engine" build --file Dockerfile --tag "$name" "$@" "$work"
