# Installs codex-claude-proxy, one program file, for the current user of Windows:
#
#   .\install.ps1                     the newest version, to %LOCALAPPDATA%\Programs\codex-claude-proxy
#   .\install.ps1 -Version 1.2.3      this version (or $env:CCP_VERSION = "1.2.3")
#   .\install.ps1 -To DIR             to another directory
#
# Needs no administrator, changes no other file, and ends by telling how to undo it. Everything is in functions, of which the last line
# calls the first: a download that was cut short does nothing.
param([string] $Version = $env:CCP_VERSION, [string] $To = "", [string] $Target = "")

# A release fills this in (docs/RELEASING.md): where its files are.
$releaseSource = ""

function Install-Program {
    $ErrorActionPreference = "Stop"
    # Its bar makes Windows PowerShell's downloads many times slower.
    $ProgressPreference = "SilentlyContinue"
    $source = if ($env:CCP_RELEASE_SOURCE) { $env:CCP_RELEASE_SOURCE } else { $releaseSource }
    if (-not $source) { throw "This installer has no release source. Take the one of a release, or name the source in CCP_RELEASE_SOURCE." }
    $source = $source.TrimEnd("/")
    if (-not $Target) { $Target = Find-Target }
    if (-not $To) { $To = Join-Path $env:LOCALAPPDATA "Programs/codex-claude-proxy" }
    # Windows PowerShell alone would still try older ones.
    [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

    $work = Join-Path ([IO.Path]::GetTempPath()) ([IO.Path]::GetRandomFileName())
    New-Item -ItemType Directory $work | Out-Null
    try {
        if (-not $Version) {
            Get-ReleaseFile "$source/latest/download/version.txt" "$work/version.txt"
            $Version = (Get-Content -LiteralPath "$work/version.txt" -TotalCount 1).Trim()
        }
        $Version = $Version -replace "^v", ""
        if ($Version -notmatch "^[0-9A-Za-z.-]+$") { throw "'$Version' is not a version. Nothing was changed." }

        $asset = "codex-claude-proxy-$Target.exe"
        Get-ReleaseFile "$source/download/v$Version/checksums.txt" "$work/checksums.txt"
        $line = Get-Content -LiteralPath "$work/checksums.txt" | Where-Object { $_ -match "^[0-9a-f]{64} [ *]$([regex]::Escape($asset))$" } | Select-Object -First 1
        if (-not $line) { throw "Release $Version has no program for $Target. Nothing was changed." }
        $wanted = $line.Substring(0, 64)
        $installed = Join-Path $To "codex-claude-proxy.exe"
        if ((Test-Path -LiteralPath $installed) -and (Get-FileHash -LiteralPath $installed -Algorithm SHA256).Hash -eq $wanted) {
            Write-Output "codex-claude-proxy $Version ($Target) is installed already: $installed"
            return
        }

        Get-ReleaseFile "$source/download/v$Version/$asset" "$work/$asset"
        if ((Get-FileHash -LiteralPath "$work/$asset" -Algorithm SHA256).Hash -ne $wanted) {
            throw "$asset does not have the checksum that checksums.txt names: it was damaged or changed on its way. Nothing was changed."
        }
        Set-Program "$work/$asset"
    }
    finally { Remove-Item -LiteralPath $work -Recurse -Force }
}

function Find-Target {
    # The variable of the machine, not of this process, which may be emulated.
    $arch = if ($env:PROCESSOR_ARCHITEW6432) { $env:PROCESSOR_ARCHITEW6432 } else { $env:PROCESSOR_ARCHITECTURE }
    switch ($arch) {
        "AMD64" { "win-x64" }
        "ARM64" { "win-arm64" }
        default { throw "There is no build for Windows on '$arch'. On other systems use install.sh." }
    }
}

function Get-ReleaseFile($address, $file) {
    try { Invoke-WebRequest $address -OutFile $file -UseBasicParsing }
    catch { throw "$address cannot be fetched: $($_.Exception.Message) Nothing was changed." }
}

function Set-Program($downloaded) {
    New-Item -ItemType Directory -Force $To | Out-Null
    $directory = (Resolve-Path -LiteralPath $To).Path
    $file = Join-Path $directory "codex-claude-proxy.exe"
    $next = Join-Path $directory "codex-claude-proxy.next.exe"
    $previous = Join-Path $directory "codex-claude-proxy.previous.exe"
    # Copied beside the place where it goes, so that the last step is a rename.
    $moved = Test-Path -LiteralPath $file
    try {
        Copy-Item -LiteralPath $downloaded $next -Force
        # A program that runs cannot be overwritten, but it can be renamed.
        if ($moved) { Move-Item -LiteralPath $file $previous -Force }
        try { Move-Item -LiteralPath $next $file }
        catch {
            if ($moved) { Move-Item -LiteralPath $previous $file }
            throw
        }
    }
    finally { Remove-Item -LiteralPath $next -Force -ErrorAction SilentlyContinue }
    $undo = if ($moved) { "Move-Item -LiteralPath $(Get-Quoted $previous) $(Get-Quoted $file) -Force" } else { "Remove-Item -LiteralPath $(Get-Quoted $file)" }

    Write-Output "codex-claude-proxy $Version ($Target) is installed: $file"
    if (($env:PATH -split [IO.Path]::PathSeparator) -contains $directory) { Write-Output "Start it with: codex-claude-proxy" }
    else {
        Write-Output "$directory is not on your PATH. Start it with: & $(Get-Quoted $file)"
        Write-Output "or put the directory on the PATH: [Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', 'User') + $(Get-Quoted ";$directory"), 'User')"
    }
    Write-Output "To undo: $undo"
}

# For a command that is to be copied: names of users have spaces and apostrophes.
function Get-Quoted($text) { "'" + $text.Replace("'", "''") + "'" }

Install-Program
