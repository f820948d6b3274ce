// Compares the lock file of macOS or Windows with that of Linux, which is in the repository and reviewed: what a program is made of on every
// system must be the same there. Each system has its own because of the native compiler for its platforms.
//
//   node scripts/release/locks.mjs osx|win

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const source = join(dirname(fileURLToPath(import.meta.url)), "../../src");
const system = process.argv[2];
if (!["osx", "win"].includes(system)) {
  console.error("locks: say for which system: osx or win");
  process.exit(2);
}

/** The packages of all platforms. */
const packages = (file) => Object.values(JSON.parse(readFileSync(file, "utf8")).dependencies)[0];

let faults = 0;
for (const project of readdirSync(source)) {
  const reviewed = join(source, project, "packages.lock.json");
  const own = join(source, project, `packages.${system}.lock.json`);
  if (!existsSync(reviewed)) continue;
  if (!existsSync(own)) {
    console.error(`locks: ${own} was not written`);
    faults++;
    continue;
  }
  const [expected, found] = [packages(reviewed), packages(own)];
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)])) {
    const [one, other] = [expected[name], found[name]].map((entry) => `${entry?.resolved} ${entry?.contentHash}`);
    if (one === other) continue;
    console.error(`locks: ${project} has ${name} ${expected[name]?.resolved ?? "not at all"} on Linux, ${found[name]?.resolved ?? "not at all"} on ${system}, or another content`);
    faults++;
  }
}
process.exit(faults > 0 ? 1 : 0);
