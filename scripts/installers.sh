#!/usr/bin/env bash
# Writes the installers of a release, which know where its files are and the key they are signed with. See docs/RELEASING.md.
#
#   scripts/installers.sh DIR https://github.com/OWNER/REPO/releases RWQ...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

[[ $# -eq 3 ]] || { echo "installers: it takes a directory, the release source and the release key" >&2; exit 1; }
[[ "$2" =~ ^https?://[^\"\'\|\ ]+$ ]] || { echo "installers: '$2' is no address of a release source" >&2; exit 1; }
[[ "$3" =~ ^RW[A-Za-z0-9+/]{54}$ ]] || { echo "installers: '$3' is no public key of minisign" >&2; exit 1; }
sed -e "s|^release_source=\$|release_source='$2'|" -e "s|^release_key=\$|release_key='$3'|" install.sh >"$1/install.sh"
sed -e "s|^\\\$releaseSource = \"\"|\$releaseSource = \"$2\"|" install.ps1 >"$1/install.ps1"
chmod +x "$1/install.sh"
