# Builds the one file a user needs: dist\<rid>\codex-claude-proxy.exe
#
#   .\publish.ps1              for this machine
#   .\publish.ps1 win-arm64    for another one
#   .\publish.ps1 win-x64 --release
#                              as it is released: from the packages that the lock files name
#
# Further arguments go to dotnet publish as they are.

$ErrorActionPreference = "Stop"
Set-Location $PSScriptRoot

# PowerShell takes "-p:Name=Value" apart, because it looks like a parameter of its own: into "-p:" and "Name=Value", or "-p" and that.
$given = @()
for ($i = 0; $i -lt $args.Count; $i++) {
    $isProperty = $args[$i] -in "-p", "--property"
    if (($isProperty -or "$($args[$i])" -like "-*:") -and $i + 1 -lt $args.Count) {
        $given += "$("$($args[$i])".TrimEnd(':')):$($args[$i + 1])"
        $i++
    } else {
        $given += "$($args[$i])"
    }
}

if ($given.Count -gt 0 -and $given[0] -notlike "-*") {
    $rid = $given[0]
    $given = @($given | Select-Object -Skip 1)
} else {
    $arch = [System.Runtime.InteropServices.RuntimeInformation]::OSArchitecture.ToString().ToLowerInvariant()
    $rid = "win-$arch"
}
$given = @($given | ForEach-Object { if ($_ -eq "--release") { "-p:RestoreLockedMode=true"; "-p:RestoreForce=true" } else { $_ } })

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

$work = "artifacts/publish/$rid"
dotnet publish src/CodexClaudeProxy -c Release -r $rid -o $work --nologo -v quiet @given
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }

New-Item -ItemType Directory -Force "dist/$rid" | Out-Null
Copy-Item "$work/codex-claude-proxy.exe" "dist/$rid/" -Force
$size = [math]::Round((Get-Item "dist/$rid/codex-claude-proxy.exe").Length / 1KB)
Write-Host "dist/$rid/codex-claude-proxy.exe  $size KB   (debug symbols stay in $work)"
