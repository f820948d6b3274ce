# shellcheck shell=bash disable=SC2034
# To be sourced: which platform this is, and where publish.sh puts its program.
rid="$(dotnet --info | sed -n 's/^ *RID: *//p')"
binary="$PWD/dist/$rid/codex-claude-proxy"
