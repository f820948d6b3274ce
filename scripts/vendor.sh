#!/usr/bin/env bash
# Fetches what the page brings along of others, at the versions named here, from the npm registry: the files as they are published. Two
# things are changed, because no build step does it: names that are imported become paths, and comments that name a source map are dropped.
# To be run when a version changes here; scripts/notices.sh comes after it.
#
#   scripts/vendor.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly vendor="$PWD/src/CodexClaudeProxy/Dashboard/wwwroot/vendor"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

cat >"$vendor/README.md" <<'END'
# What the page brings along of others

Fetched by `scripts/vendor.sh`, which also writes this list: files as they are published, each folder with its license. Only names that are imported have
become paths, and comments that name a source map are gone.

| Folder | Package | Version | License | Files |
|---|---|---|---|---|
END

# fetch <folder> <package> <version> <license> <file of the package>=<file here>...
fetch() {
  local folder="$1" package="$2" version="$3" license="$4" pair list=
  shift 4
  mkdir -p "$vendor/$folder" "$scratch/$folder"
  (cd "$scratch/$folder" && npm pack --silent "$package@$version" >name && tar -xzf "$(cat name)")
  cp "$scratch/$folder"/package/LICENSE* "$vendor/$folder/LICENSE.txt"
  for pair in "$@"; do
    sed -e 's|from *"preact"|from"../preact/preact.js"|g' -e 's|from *"preact/hooks"|from"../preact/hooks.js"|g' \
      -e 's|from *"@preact/signals-core"|from"./core.js"|g' -e 's|//# sourceMappingURL=.*||' \
      "$scratch/$folder/package/${pair%=*}" >"$vendor/$folder/${pair#*=}"
    list+="${list:+, }\`${pair#*=}\` from \`${pair%=*}\`"
  done
  printf '| `%s` | [%s](https://www.npmjs.com/package/%s) | %s | %s | %s |\n' "$folder" "$package" "$package" "$version" "$license" "$list" >>"$vendor/README.md"
}

fetch htm htm 3.1.1 Apache-2.0 dist/htm.module.js=htm.js
fetch preact preact 11.2.0 MIT dist/preact.mjs=preact.js hooks/dist/hooks.mjs=hooks.js
fetch signals @preact/signals 2.11.4 MIT dist/signals.module.js=signals.js
fetch signals @preact/signals-core 1.14.5 MIT dist/signals-core.module.js=core.js
fetch uplot uplot 1.6.32 MIT dist/uPlot.iife.min.js=uplot.js dist/uPlot.min.css=uplot.css
