#!/usr/bin/env bash
# Writes what package managers need to find a release: a Homebrew formula, a Scoop manifest and the three winget manifests.
# The checksums come from the release folder; SOURCE is the address of the releases, such as https://github.com/OWNER/REPO/releases
#
#   scripts/release/manifests.sh FOLDER SOURCE OUT
set -euo pipefail
[[ $# == 3 ]] && folder="$(cd "$1" && pwd)" && source="${2%/}" && out="$(mkdir -p "$3" && cd "$3" && pwd)"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
[[ $# == 3 ]] || usage
[[ "$source" =~ ^https://[^/]+/([A-Za-z0-9-]+)/([A-Za-z0-9._-]+)/releases$ ]] || die "$source is no address such as https://github.com/OWNER/REPO/releases"
owner="${BASH_REMATCH[1]}"
homepage="${source%/releases}"
version="$(<"$folder/version.txt")"
files="$source/download/v$version"
about="Lets Claude Code and other clients run on a ChatGPT plan"

url() { echo "$files/$(asset "$1")"; }
sum() { checksum_of "$folder" "$(asset "$1")"; }
# Each is looked up before anything is written: inside a document a failure would go unnoticed.
for target in "${targets[@]}"; do sum "$target" >/dev/null; done

# <target>: the lines of a formula that fetch its program.
brew_source() { printf '      url "%s"\n      sha256 "%s"' "$(url "$1")" "$(sum "$1")"; }

mkdir -p "$out/homebrew" "$out/scoop" "$out/winget"
cat >"$out/homebrew/$program.rb" <<END
class CodexClaudeProxy < Formula
  desc "$about"
  homepage "$homepage"
  version "$version"
  license "MIT"

  on_macos do
    on_arm do
$(brew_source osx-arm64)
    end
    on_intel do
$(brew_source osx-x64)
    end
  end

  # The static programs: Homebrew's OpenSSL is not where the dynamic ones look.
  on_linux do
    on_arm do
$(brew_source linux-arm64-static)
    end
    on_intel do
$(brew_source linux-x64-static)
    end
  end

  def install
    downloaded = Dir["$program-*"].first
    chmod 0755, downloaded
    bin.install downloaded => "$program"
    generate_completions_from_executable(bin/"$program", "completion", shells: [:bash, :zsh, :fish])
  end

  service do
    run [opt_bin/"$program"]
    keep_alive true
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/$program --version")
  end
end
END

cat >"$out/scoop/$program.json" <<END
{
  "version": "$version",
  "description": "$about",
  "homepage": "$homepage",
  "license": "MIT",
  "architecture": {
    "64bit": {
      "url": "$(url win-x64)#/$program.exe",
      "hash": "$(sum win-x64)"
    },
    "arm64": {
      "url": "$(url win-arm64)#/$program.exe",
      "hash": "$(sum win-arm64)"
    }
  },
  "bin": "$program.exe",
  "checkver": {
    "url": "$source/latest/download/version.txt",
    "regex": "([\\\\d.]+)"
  },
  "autoupdate": {
    "architecture": {
      "64bit": { "url": "$source/download/v\$version/$(asset win-x64)#/$program.exe" },
      "arm64": { "url": "$source/download/v\$version/$(asset win-arm64)#/$program.exe" }
    },
    "hash": { "url": "\$baseurl/checksums.txt" }
  }
}
END

# <type> [name of the file]: the beginning of a winget manifest.
winget_head() {
  printf '# yaml-language-server: $schema=https://aka.ms/winget-manifest.%s.1.10.0.schema.json\n' "$1"
  printf 'PackageIdentifier: %s.%s\nPackageVersion: %s\n' "$owner" "$program" "$version"
}
winget_foot() { printf 'ManifestType: %s\nManifestVersion: 1.10.0\n' "$1"; }
winget="$out/winget/$owner.$program"

{
  winget_head version
  echo "DefaultLocale: en-US"
  winget_foot version
} >"$winget.yaml"

{
  winget_head installer
  printf 'InstallerType: portable\nCommands:\n  - %s\nInstallers:\n' "$program"
  for architecture in x64 arm64; do
    printf '  - Architecture: %s\n    InstallerUrl: %s\n    InstallerSha256: %s\n' \
      "$architecture" "$(url "win-$architecture")" "$(sum "win-$architecture" | tr '[:lower:]' '[:upper:]')"
  done
  winget_foot installer
} >"$winget.installer.yaml"

{
  winget_head defaultLocale
  printf 'PackageLocale: en-US\nPublisher: %s\nPackageName: %s\nPackageUrl: %s\nLicense: MIT\nShortDescription: %s\n' \
    "$owner" "$program" "$homepage" "$about"
  winget_foot defaultLocale
} >"$winget.locale.en-US.yaml"
echo "$out: homebrew, scoop, winget for $version"
