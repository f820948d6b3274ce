#!/usr/bin/env bash
# Runs scripts/release/smoke.sh with a program for Linux inside old and odd systems, each a container image.
#
#   scripts/release/old-systems.sh PROGRAM [IMAGE...]      the images of its kind, or those named
#
# CONTAINER names the program that runs containers: docker (the default) or podman. "scratch" stands for an image without any file.
set -euo pipefail
[[ $# -ge 1 ]] && file="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# -ge 1 ]] || usage
shift
engine="${CONTAINER:-docker}"
need "$engine" podman
need readelf binutils

# An image, and what has to be installed in it first: the dynamic program needs OpenSSL.
dynamic=(
  "debian:11        apt-get -qq update && apt-get -qq install --no-install-recommends libssl1.1"
  "debian:12        apt-get -qq update && apt-get -qq install --no-install-recommends libssl3"
  "debian:13        apt-get -qq update && apt-get -qq install --no-install-recommends libssl3t64"
  "ubuntu:20.04     apt-get -qq update && apt-get -qq install --no-install-recommends libssl1.1"
  "almalinux:8"
  "fedora:latest"
  "opensuse/leap:15 zypper --quiet --non-interactive install libopenssl3"
)
static=(scratch busybox:musl alpine:3 gcr.io/distroless/static-debian12 debian:11)

images=("$@")
if [[ $# == 0 ]]; then
  # All of it is read: a pipe that ends early would end readelf too.
  if readelf -lW "$file" | grep INTERP >/dev/null; then images=("${dynamic[@]}"); else images=("${static[@]}"); fi
fi

for entry in "${images[@]}"; do
  read -r image first <<<"$entry"
  printf '== %s in %s\n' "$(basename "$file")" "$image"
  ready="$image"
  [[ "$image" != scratch ]] || ready="$(tar --create --files-from /dev/null | "$engine" import -)"
  [[ -z "$first" ]] || ready="$(printf 'FROM %s\nRUN %s\n' "$image" "$first" | "$engine" build --quiet -)"
  scripts/release/smoke.sh "$(version)" "$engine" run --rm --network host -v "$file:/$program:ro" "$ready" "/$program"
done
