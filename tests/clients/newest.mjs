// Moves the pins of a folder of clients to the newest versions of the registry: node newest.mjs FOLDER
// Two majors of one package stay two: an alias moves within its major. The Node that runs the clients stays as it is.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const file = join(process.argv[2], 'package.json');
const manifest = JSON.parse(readFileSync(file));

const byNumber = new Intl.Collator('en', { numeric: true });

function newest(spec) {
  const versions = [JSON.parse(execFileSync('npm', ['view', spec, 'version', '--json'], { encoding: 'utf8' }))].flat();
  return versions.sort(byNumber.compare).at(-1);
}

for (const [name, pin] of Object.entries(manifest.dependencies)) {
  const [, alias, major] = /^npm:(.+)@(\d+)\./.exec(pin) ?? [];
  const next = alias ? `npm:${alias}@${newest(`${alias}@${major}`)}` : newest(`${name}@latest`);
  if (next !== pin) console.log(`${name}: ${pin} -> ${next}`);
  manifest.dependencies[name] = next;
}
writeFileSync(file, JSON.stringify(manifest, null, 2) + '\n');
