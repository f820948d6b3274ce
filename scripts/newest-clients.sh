#!/usr/bin/env bash
# Runs the tests of all real clients with their newest versions, in a copy of the project, and writes versions and results into
# docs/CLIENTS.md. The pins of the project stay as they are. Ends with 1 when a test failed: a new release needs a look.
#
#   scripts/newest-clients.sh            the newest of each from npm and NuGet
#   scripts/newest-clients.sh --pinned   the pinned versions, to write the document from what the project itself runs
#
# CCP_BINARY may name a published program; otherwise it is published.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/binary.sh

case "$*" in
  ""|--pinned) ;;
  *) echo "newest-clients: unknown arguments: $*; there is only --pinned" >&2; exit 2 ;;
esac

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
document="$PWD/docs/CLIENTS.md"
if [[ "${1:-}" == --pinned ]]; then
  copy="$PWD"
  scripts/setup.sh all
else
  scripts/setup.sh
  copy="$(mktemp -d)"
  trap 'rm -rf "$copy"' EXIT
  git ls-files -z | xargs -0 cp --parents -t "$copy"
fi
if [[ -z "${CCP_BINARY:-}" ]]; then
  ./publish.sh "$rid"
  export CCP_BINARY="$binary"
fi

cd "$copy"
project=tests/CodexClaudeProxy.EndToEnd
if [[ "${1:-}" != --pinned ]]; then
  for folder in tests/clients tests/clients/more; do
    node tests/clients/newest.mjs "$folder"
    rm "$folder/package-lock.json"
    (cd "$folder" && npm install --ignore-scripts --no-progress --loglevel=error)
  done
  # Naming no version means the newest.
  for package in $(sed -n '/Label="Clients under test"/,/<\/ItemGroup>/s/.*Include="\([^"]*\)".*/\1/p' "$project"/*.csproj); do
    dotnet package add "$package" --project "$project"
  done
fi
dotnet build "$project" -c Debug -v quiet

results="$(mktemp)"
code=0
"artifacts/bin/CodexClaudeProxy.EndToEnd/debug/CodexClaudeProxy.EndToEnd" -noColor -noLogo -result-ctrf "$results" \
  -class '*.Matrix.*' -class '*.DotNet.*' -class '*.ClaudeCode*' -class '*.AnthropicSdk' -class '*.OpenAiSdk' -class '*.CodexCli*' || code=$?
node tests/clients/report.mjs "$document" "$results"
rm "$results"
exit "$code"
