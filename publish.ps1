# Builds the one file a user needs: dist\<rid>\codex-claude-proxy.exe
#
#   .\publish.ps1              for this machine
#   .\publish.ps1 win-arm64    for another one
#
# Further arguments go to dotnet publish as they are.
param([string] $Rid = "")

$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot

if (-not $Rid) {
    $arch = [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant()
    $Rid = "win-$arch"
}

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    throw "The .NET SDK 10 is missing: https://dotnet.microsoft.com/download"
}

# Native code is linked by Visual C++; what is missing is easier to read here than in the linker's words.
$vswhere = Join-Path ${env:ProgramFiles(x86)} "Microsoft Visual Studio\Installer\vswhere.exe"
$tools = if (Test-Path $vswhere) {
    & $vswhere -latest -products * -requiresAny -property installationPath `
        -requires Microsoft.VisualStudio.Component.VC.Tools.x86.x64 Microsoft.VisualStudio.Component.VC.Tools.ARM64
}
if (-not $tools) {
    throw "The Visual C++ build tools are missing: install 'Desktop development with C++' from https://visualstudio.microsoft.com/visual-cpp-build-tools/"
}

$work = "artifacts/publish/$Rid"
dotnet publish src/CodexClaudeProxy -c Release -r $Rid -o $work --nologo -v quiet @args
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

New-Item -ItemType Directory -Force "dist/$Rid" | Out-Null
Copy-Item "$work/codex-claude-proxy.exe" "dist/$Rid/" -Force
$size = [math]::Round((Get-Item "dist/$Rid/codex-claude-proxy.exe").Length / 1KB)
Write-Host "dist/$Rid/codex-claude-proxy.exe  $size KB   (debug symbols stay in $work)"
