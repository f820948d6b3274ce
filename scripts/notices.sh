#!/usr/bin/env bash
# Writes THIRD-PARTY-NOTICES.md: whose work the program contains, and under which licenses. The texts are those that the packages bring
# along; where a package only names its license, the text is the one another source of this build has. To be run when a package, the
# SDK or a vendored file changes; a test says so.
#
#   scripts/notices.sh        needs a publish before it, which fetches the packages, and Debian's own license files
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly packages="${NUGET_PACKAGES:-$HOME/.nuget/packages}" docs=/usr/share/doc common=/usr/share/common-licenses
readonly vendor=src/CodexClaudeProxy/Dashboard/wwwroot/vendor lock=src/CodexClaudeProxy/packages.lock.json
rows="$(mktemp)" texts="$(mktemp)"
trap 'rm -f "$rows" "$texts"' EXIT

die() { echo "notices: $*" >&2; exit 1; }

# The version of a package in the lock file.
locked() { awk -v name="\"$1\":" '$1 == name { found = 1 } found && $1 == "\"resolved\":" { gsub(/[",]/, "", $2); print $2; exit }' "$lock"; }

# field <package> <version> <element>: what a package says of itself.
field() { sed -n "s/.*<$3[^>]*>\(.*\)<\/$3>.*/\1/p" "$packages/${1,,}/$2/${1,,}.nuspec" | head -n 1; }

# section <name>: a heading, and under it the text from the standard input, without the form feeds that old ones have.
section() {
  local text
  text="$(tr -d '\f' | sed 's/\r$//; s/[[:space:]]*$//; 1s/^\xef\xbb\xbf//')"
  [[ -n "$text" ]] || die "there is no text for $1"
  # shellcheck disable=SC2016
  printf '\n## %s\n\n```text\n%s\n```\n' "$1" "$text" >>"$texts"
}

# part <name> <version> <license> <where> <address>: a row of the table, and its section.
part() {
  printf '| [%s](%s) | %s | %s | %s |\n' "$1" "$5" "$2" "$3" "$4" >>"$rows"
  section "$1"
}

# An MIT license in the words of .NET's, for packages that only name it.
mit() { printf 'The MIT License (MIT)\n\n%s\n\n' "$1"; sed -n '/^Permission is hereby granted/,$p' "$aot/LICENSE.TXT"; }

runtime=$(locked Microsoft.DotNet.ILCompiler)
aot="$packages/microsoft.netcore.app.runtime.nativeaot.linux-x64/$runtime"
web="$packages/microsoft.aspnetcore.app.runtime.linux-x64/$runtime"
for directory in "$aot" "$web" "$docs/libsqlite3-dev" "$docs/libssl-dev" "$docs/libc6-dev" "$common"; do
  [[ -d "$directory" ]] || die "$directory is missing"
done

# Packages of the program itself; what only builds it is no part of it.
mapfile -t own < <(awk '/^    "net10.0\// { exit } /^      "/ { name = $1; gsub(/[":]/, "", name) } $1 == "\"type\":" && $2 !~ /Project/ { print name }' "$lock" |
  grep -vE '^Microsoft\.(CodeAnalysis\.|DotNet\.ILCompiler$|NET\.ILLink\.Tasks$)')
for name in "${own[@]}"; do
  version=$(locked "$name") folder="$packages/${name,,}/$(locked "$name")"
  license=$(field "$name" "$version" license) copyright=$(field "$name" "$version" copyright) file=
  for candidate in "$folder"/LICENSE* "$folder"/License*; do [[ -f "$candidate" ]] && file="$candidate"; done
  case "$license" in
    MIT | Apache-2.0) ;;
    *) grep -qi "Permission is hereby granted, free of charge" "${file:-/dev/null}" || die "$name $version has the license '$license', which is to be looked at"; license=MIT ;;
  esac
  {
    if [[ -n "$file" ]]; then cat "$file"
    elif [[ "$license" == MIT ]]; then mit "Copyright (c) ${copyright#© }"
    else printf '%s%s\n\nLicensed under the Apache License, Version 2.0; its text is at the end of this file.\n' "$name" "${copyright:+, $copyright}"
    fi
    for candidate in "$folder"/THIRD-PARTY-NOTICES*; do [[ -f "$candidate" ]] && { echo; cat "$candidate"; }; done
    :
  } | part "$name" "$version" "$license" "every build" "$(field "$name" "$version" projectUrl)"
done

{ cat "$aot/LICENSE.TXT"; echo; cat "$aot/THIRD-PARTY-NOTICES.TXT"; } |
  part ".NET" "$runtime" "MIT; Brotli, zlib-ng and others as told below" "every build" "https://github.com/dotnet/dotnet"
{ cat "$web/LICENSE.txt"; echo; cat "$web/THIRD-PARTY-NOTICES.TXT"; } |
  part "ASP.NET Core" "$runtime" "MIT; others as told below" "every build" "https://github.com/dotnet/dotnet"

# ZstdSharp is a translation of it, and brings no text of its license along.
cat <<'END' | part Zstandard "" BSD-3-Clause "every build, as ZstdSharp.Port" "https://github.com/facebook/zstd"
BSD License

For Zstandard software

Copyright (c) 2016-2022, Meta Platforms, Inc. and affiliates. All rights reserved.

Redistribution and use in source and binary forms, with or without modification,
are permitted provided that the following conditions are met:

 * Redistributions of source code must retain the above copyright notice, this
   list of conditions and the following disclaimer.

 * Redistributions in binary form must reproduce the above copyright notice,
   this list of conditions and the following disclaimer in the documentation
   and/or other materials provided with the distribution.

 * Neither the name Facebook nor the names of its contributors may be used to
   endorse or promote products derived from this software without specific
   prior written permission.

THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND
ANY EXPRESS OR IMPLIED WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED
WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR PURPOSE ARE
DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR
ANY DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES
(INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES;
LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON
ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT
(INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS
SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE.
END

tokens=microsoft.ml.tokenizers.data.o200kbase
version=$(sed -n 's/.*Include="Microsoft.ML.Tokenizers.Data.O200kBase" Version="\([^"]*\)".*/\1/p' Directory.Packages.props)
sed -n '/^License notice for OpenAI Tiktoken/,/^License notice for [^O]/{/^License notice for [^O]/!p}' "$packages/$tokens/$version/THIRD-PARTY-NOTICES.TXT" |
  part "o200k vocabulary of tiktoken" "" MIT "every build" "https://github.com/openai/tiktoken"

# What the page brings along, as scripts/vendor.sh lists it: | `folder` | [name](address) | version | license | files |
# shellcheck disable=SC2016 # The backticks are the table's.
while read -r folder name address version license; do
  text="$vendor/$folder/LICENSE.txt"
  case "$license" in
    MIT) grep -q "^Permission is hereby granted, free of charge" "$text" || die "the license of $name is to be looked at"; cat "$text" ;;
    Apache-2.0)
      grep -q "Apache License" "$text" || die "the license of $name is to be looked at"
      printf '%s\n\nLicensed under the Apache License, Version 2.0; its text is at the end of this file.\n' "$(sed -n 's/^ *\(Copyright [0-9(].*\)/\1/p' "$text")"
      ;;
    *) die "$name has the license '$license', which is to be looked at" ;;
  esac | part "$name" "$version" "$license" "every build, in the dashboard" "$address"
done < <(sed -n 's/^| `\([^`]*\)` | \[\([^]]*\)\](\([^)]*\)) | \([^ ]*\) | \([^ ]*\) | .*/\1 \2 \3 \4 \5/p' "$vendor/README.md")

cat <<'END' | part SQLite "" "public domain" "Linux builds" "https://www.sqlite.org/copyright.html"
The author disclaims copyright to this source code. In place of a legal notice, here is a blessing:

   May you do good and not evil.
   May you find forgiveness for yourself and forgive others.
   May you share freely, never taking more than you give.
END
{ sed -n '/^License:/q; /^Copyright:/,$p' "$docs/libssl-dev/copyright"; printf '\nLicensed under the Apache License, Version 2.0; its text is at the end of this file.\n'; } |
  part OpenSSL "" Apache-2.0 "static Linux builds" "https://www.openssl.org"
{
  printf '%s\n' \
    "The static builds for Linux contain the GNU C Library. Whoever wants to link them with another version of it has all that is needed" \
    "in the source of this program at the tag of the release: ./publish.sh linux-x64 --static links it anew." ""
  sed -n '/^\* Most of the GNU C library/,$p' "$docs/libc6-dev/copyright"
} | part "GNU C Library" "" "LGPL-2.1-or-later; others as told below" "static Linux builds" "https://www.gnu.org/software/libc/"
part "GCC runtime library" "" "GPL-3.0-or-later with the GCC Runtime Library Exception 3.1" "Linux builds" "https://gcc.gnu.org/onlinedocs/libstdc++/manual/license.html" < \
  <(cat "$docs"/libgcc-*-dev/copyright | sed -n '/^GCC RUNTIME LIBRARY EXCEPTION/,/^requirements of the license of GCC/p; /^requirements of the license of GCC/q')

section "Apache License, Version 2.0" <"$common/Apache-2.0"
section "GNU Lesser General Public License, Version 2.1" <"$common/LGPL-2.1"

{
  cat <<'END'
# Third-party notices

codex-claude-proxy is published under the MIT license (LICENSE). Its builds contain work of others, which has licenses of its own; they
are told here. Made by scripts/notices.sh, not to be changed by hand. A part without a version has that of the system it was built on.

| Part | Version | License | Contained in |
|---|---|---|---|
END
  cat "$rows" "$texts"
} >THIRD-PARTY-NOTICES.md
echo "THIRD-PARTY-NOTICES.md: $(wc -l <"$rows") parts, $(($(wc -c <THIRD-PARTY-NOTICES.md) / 1024)) KB, packed $(($(gzip -9 <THIRD-PARTY-NOTICES.md | wc -c) / 1024)) KB" >&2
