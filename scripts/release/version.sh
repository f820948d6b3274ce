#!/usr/bin/env bash
# Prints the version of this source. With a tag: only if it is the tag of that version.
#
#   scripts/release/version.sh [TAG]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version="$(version)"
[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || die "Directory.Build.props has no version such as 1.2.3: '$version'"
[[ $# == 0 || "$1" == "v$version" ]] || die "the tag is $1, but Directory.Build.props says $version: either the tag or the version is wrong"
echo "$version"
