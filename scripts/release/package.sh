#!/usr/bin/env bash
# Packs the dynamic program for Linux as a .deb or a .rpm, with the systemd unit and what belongs below /usr/share.
# Installing it starts nothing; "systemctl enable --now codex-claude-proxy" does.
#
#   MAINTAINER='Name <address>' HOMEPAGE=https://… scripts/release/package.sh deb|rpm linux-x64|linux-arm64 PROGRAM OUT
set -euo pipefail
[[ $# == 4 ]] && binary="$(cd "$(dirname "$3")" && pwd)/$(basename "$3")" && out="$(mkdir -p "$4" && cd "$4" && pwd)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# == 4 && "$1" =~ ^(deb|rpm)$ && "$2" =~ ^linux-(x64|arm64)$ ]] || usage
[[ "${MAINTAINER:-}" == *\<*@*\> ]] || die "MAINTAINER must say who answers for the package: Name <address>"
[[ "${HOMEPAGE:-}" == https://* ]] || die "HOMEPAGE must be the address of the project"

# A version before 1.2.3 is older for package managers too.
version="$(version | sed 's/-/~/')"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
# The same source makes the same package.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"

root="$work/root" documents="$work/root/usr/share/doc/$program"
install -Dm 755 "$binary" "$root/usr/bin/$program"
install -Dm 644 packaging/$program.service "$root/usr/lib/systemd/system/$program.service"
install -Dm 644 LICENSE "$documents/copyright"
install -m 644 THIRD-PARTY-NOTICES.md "$documents"
mkdir -p "$root"/usr/share/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
gzip -9n <docs/$program.1 >"$root/usr/share/man/man1/$program.1.gz"
"$binary" completion bash >"$root/usr/share/bash-completion/completions/$program"
"$binary" completion zsh >"$root/usr/share/zsh/site-functions/_$program"
"$binary" completion fish >"$root/usr/share/fish/vendor_completions.d/$program.fish"

deb() {
  local architecture=amd64 file
  need dpkg-deb dpkg
  need readelf binutils
  [[ "$1" == linux-x64 ]] || architecture=arm64
  file="$out/${program}_${version}_$architecture.deb"
  printf '%s (%s) unstable; urgency=medium\n\n  * Release %s.\n\n -- %s  %s\n' \
    "$program" "$version" "$version" "$MAINTAINER" "$(date --utc --date "@$SOURCE_DATE_EPOCH" --rfc-email)" | gzip -9n >"$documents/changelog.gz"
  install -Dm 644 packaging/deb/lintian-overrides "$root/usr/share/lintian/overrides/$program"
  install -Dm 755 -t "$root/DEBIAN" packaging/deb/{postinst,prerm,postrm}
  sed -e "s|@version@|$version|" -e "s|@architecture@|$architecture|" -e "s|@maintainer@|$MAINTAINER|" -e "s|@homepage@|$HOMEPAGE|" \
    -e "s|@glibc@|$(glibc_floor "$binary")|" -e "s|@size@|$(du -sk "$root/usr" | cut -f 1)|" packaging/deb/control >"$root/DEBIAN/control"
  find "$root" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
  dpkg-deb --root-owner-group -Zxz --build "$root" "$file" >/dev/null
  echo "$file"
}

rpm() {
  local architecture=x86_64 file
  need rpmbuild rpm
  [[ "$1" == linux-x64 ]] || architecture=aarch64
  file="$program-$version-1.$architecture.rpm"
  find "$root" -type f -printf '/%P\n' >"$work/files"
  rpmbuild -bb --quiet --target "$architecture-linux" --define "_topdir $work/rpm" --define "_rpmdir $work" --define "_rpmfilename $file" \
    --define "given_version $version" --define "given_homepage $HOMEPAGE" --define "given_maintainer $MAINTAINER" --define "given_root $root" --define "given_files $work/files" \
    --define "use_source_date_epoch_as_buildtime 1" --define "clamp_mtime_to_source_date_epoch 1" --define "_buildhost localhost" \
    packaging/$program.spec
  cp "$work/$file" "$out"
  echo "$out/$file"
}

"$1" "$2"
