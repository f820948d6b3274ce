#!/usr/bin/env bash
# Makes a small Debian with systemd in a directory, for the stage "service" of scripts/test.sh. Does nothing when it is there.
#
#   scripts/systemd-root.sh <directory>        as root
set -euo pipefail

root="${1:?which directory?}"
[[ -x "$root/usr/lib/systemd/systemd" ]] && exit

command -v mmdebstrap >/dev/null || { echo "systemd-root: mmdebstrap is missing (Debian, Ubuntu: apt-get install mmdebstrap)" >&2; exit 1; }
rm -rf "$root" "$root.new"
mkdir -p "$(dirname "$root")"
mmdebstrap --quiet --variant=essential --include=apt,systemd-sysv,dbus,dbus-user-session,libpam-systemd,curl,libssl3,ca-certificates bookworm "$root.new" >&2
# Only now is it whole.
mv "$root.new" "$root"
