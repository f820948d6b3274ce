// Writes the bill of materials of a release folder (CycloneDX, JSON): each program with its checksum, and what is in it, also what
// is linked in natively. Versions are read from the lock file and from the programs themselves.
//
//   node scripts/release/sbom.mjs FOLDER        writes FOLDER/codex-claude-proxy.sbom.json

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const program = "codex-claude-proxy";
const folder = process.argv[2];
if (!folder) {
  console.error("sbom: name the release folder");
  process.exit(2);
}

const version = /<Version>(.*)<\/Version>/.exec(readFileSync(join(root, "Directory.Build.props"), "utf8"))[1];
const license = (id) => [{ license: { id } }];

const lock = JSON.parse(readFileSync(join(root, "src/CodexClaudeProxy/packages.lock.json"), "utf8"));
const [packagesOfAll] = Object.values(lock.dependencies);

// What releases for Linux are linked with.
const sysroot = readFileSync(join(root, "scripts/sysroot.packages"), "utf8");

// Tools of the build leave nothing in the program, but for the native compiler, which brings the runtime along.
const compiler = "Microsoft.DotNet.ILCompiler";
const buildTools = /^(Microsoft\.CodeAnalysis\.|Microsoft\.DotNet\.ILCompiler$|Microsoft\.NET\.ILLink\.Tasks$|runtime\.)/;

function packages() {
  return Object.entries(packagesOfAll)
    .filter(([name, entry]) => entry.type !== "Project" && !buildTools.test(name))
    .map(([name, { resolved, contentHash }]) => ({
      type: "library",
      name,
      version: resolved,
      purl: `pkg:nuget/${name}@${resolved}`,
      hashes: [{ alg: "SHA-512", content: Buffer.from(contentHash, "base64").toString("hex") }],
    }));
}

/** Scripts of others that the page brings along, as scripts/vendor.sh lists them: | `folder` | [name](address) | version | license | files | */
function pageScripts() {
  const list = join(root, "src/CodexClaudeProxy/Dashboard/wwwroot/vendor/README.md");
  const found = [...readFileSync(list, "utf8").matchAll(/^\| `[^`]+` \| \[([^\]]+)\]\([^)]+\) \| (\S+) \| (\S+) \|/gm)];
  if (found.length === 0) throw new Error(`${list} names nothing`);
  return found.map(([, name, version, id]) => ({ type: "library", name, version, purl: `pkg:npm/${name.replace("@", "%40")}@${version}`, licenses: license(id) }));
}

/** The vocabulary that tokens are counted with; a file of the protocol was made of this package. */
function vocabulary() {
  const name = "Microsoft.ML.Tokenizers.Data.O200kBase";
  const found = new RegExp(`"${name}" Version="([^"]+)"`).exec(readFileSync(join(root, "Directory.Packages.props"), "utf8"));
  if (!found) throw new Error(`Directory.Packages.props does not name ${name}`);
  return { type: "data", name, version: found[1], purl: `pkg:nuget/${name}@${found[1]}`, licenses: license("MIT") };
}

/** What is linked in natively, with the versions that the program itself tells. */
function linkedInto(file, bytes) {
  const text = bytes.toString("latin1");
  const need = (what, pattern) => {
    const match = pattern.exec(text);
    if (!match) throw new Error(`${file} does not tell the version of ${what}`);
    return match[1];
  };
  const isLinux = /-linux-/.test(file);
  const dotnet = packagesOfAll[compiler].resolved;
  const found = [
    {
      type: "framework", name: ".NET Runtime", version: dotnet, purl: `pkg:github/dotnet/runtime@v${dotnet}`, licenses: license("MIT"),
      // They are part of its source.
      components: [
        { type: "library", name: "brotli", licenses: license("MIT") },
        { type: "library", name: "zlib-ng", licenses: license("Zlib") },
      ],
    },
    { type: "framework", name: "ASP.NET Core", version: dotnet, purl: `pkg:github/dotnet/aspnetcore@v${dotnet}`, licenses: license("MIT") },
  ];
  if (isLinux) {
    // OpenSSL has a version like it; that of SQLite has been in the tens for many years.
    const sqlite = need("SQLite", /\0(3\.\d\d\.\d{1,2})\0/);
    found.push({ type: "library", name: "SQLite", version: sqlite, purl: `pkg:generic/sqlite@${sqlite}`, licenses: license("blessing") });
  }
  if (isLinux && file.endsWith("-static")) {
    const openssl = need("OpenSSL", /OpenSSL (\d+\.\d+\.\d+[a-z]*) +\d+ \w+ \d{4}/);
    // It does not tell its version; the list of what releases are linked with does.
    const glibc = new RegExp(`^static ${/-arm64/.test(file) ? "arm64" : "amd64"} \\S+ \\S*/libc6-dev_([^-_]+)`, "m").exec(sysroot)?.[1];
    if (!glibc) throw new Error("scripts/sysroot.packages does not name the C library");
    found.push(
      { type: "library", name: "OpenSSL", version: openssl, purl: `pkg:generic/openssl@${openssl}`, licenses: license("Apache-2.0") },
      { type: "library", name: "glibc", version: glibc, purl: `pkg:generic/glibc@${glibc}`, licenses: license("LGPL-2.1-or-later") },
    );
  }
  return found;
}

const named = new Map();
/** The reference of a component; each name and version is listed once. */
function refer(component) {
  const ref = component.purl ?? component.name;
  if (!named.has(ref)) named.set(ref, { ...component, "bom-ref": ref });
  return ref;
}

const everywhere = [...packages(), ...pageScripts(), vocabulary()].map(refer);
const dependencies = [];
const files = readdirSync(folder)
  .filter((name) => new RegExp(`^${program}-(linux|osx|win)-[a-z0-9-]+(\\.exe)?$`).test(name))
  .sort();
const programs = files.map((name) => {
  const bytes = readFileSync(join(folder, name));
  const ref = `file:${name}`;
  dependencies.push({ ref, dependsOn: [...everywhere, ...linkedInto(name, bytes).map(refer)].sort() });
  return { type: "file", "bom-ref": ref, name, version, hashes: [{ alg: "SHA-256", content: createHash("sha256").update(bytes).digest("hex") }] };
});
if (programs.length === 0) throw new Error(`${folder} holds no program`);

const subject = `${program}@${version}`;
const body = {
  metadata: { component: { type: "application", "bom-ref": subject, name: program, version, licenses: license("MIT") } },
  components: [...programs, ...named.values()],
  dependencies: [{ ref: subject, dependsOn: programs.map((file) => file["bom-ref"]) }, ...dependencies],
};
// The same files make the same document, number included.
const digest = createHash("sha256").update(JSON.stringify(body)).digest("hex");
const serial = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`, `a${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-");
const document = { bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: `urn:uuid:${serial}`, version: 1, ...body };
writeFileSync(join(folder, `${program}.sbom.json`), JSON.stringify(document, null, 2) + "\n");
