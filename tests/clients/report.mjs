// Writes the versions of the clients and what became of their tests into the generated part of a document:
//   node report.mjs DOCUMENT RESULTS...     RESULTS are CTRF files of the test runner
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [, , document, ...results] = process.argv;
const folder = dirname(fileURLToPath(import.meta.url));
const read = path => JSON.parse(readFileSync(path));
const tests = results.flatMap(file => read(file).results.tests);
const scenarios = ['text', 'stream', 'tools', 'streamed tools', 'image', 'structured output', 'overloaded once', 'overloaded', 'limit', 'cut', 'cancel', 'models'];

const version = (below, name) => read(join(folder, below, 'node_modules', name, 'package.json')).version;

// Clients whose tests are classes of their own; those from NuGet are named with their versions by the project file.
const classes = [
  ['Claude Code', version('', '@anthropic-ai/claude-code'), /\.ClaudeCode/],
  ['Anthropic SDK for TypeScript', version('', '@anthropic-ai/sdk'), /\.AnthropicSdk\./],
  ['OpenAI SDK for TypeScript', version('', 'openai'), /\.OpenAiSdk\./],
  ['Codex CLI', version('', '@openai/codex'), /\.CodexCli/],
  ['.NET clients', 'Directory.Packages.props', /\.DotNet\./],
];

const lines = [`State of ${new Date().toISOString().slice(0, 10)}.`];
const rows = [];
for (const [name, its, pattern] of classes) {
  const run = tests.filter(test => pattern.test(test.name) && test.status !== 'skipped');
  if (run.length) rows.push(`| ${name} | ${its} | ${run.filter(test => test.status === 'passed').length} of ${run.length} passed |`);
}

if (rows.length) lines.push('', '| Client | Version | Tests |', '|---|---|---|', ...rows);

// What a cell says: passed, failed, the number of a reason, or that it was not run.
const reasons = [];
const failures = [];
lines.push('', `| Client | Version | ${scenarios.join(' | ')} |`, `|---|---|${':-:|'.repeat(scenarios.length)}`);
for (const below of ['', 'more']) {
  for (const client of read(join(folder, below, 'clients.json'))) {
    const cells = scenarios.map(scenario => {
      const reason = client.cannot[scenario];
      if (reason) return `–&nbsp;${reasons.includes(reason) ? reasons.indexOf(reason) + 1 : reasons.push(reason)}`;
      const test = tests.find(({ name }) => name.replaceAll('\\', '').includes(`(client: "${client.name}", scenario: "${scenario}")`));
      if (test?.status === 'failed') failures.push(`${client.name}, ${scenario}: ${(test.message ?? '').split('\n')[0].slice(0, 200)}`);
      return { passed: '✓', failed: '**✗**' }[test?.status] ?? '?';
    });
    lines.push(`| ${client.name} | ${version(below, client.package)} | ${cells.join(' | ')} |`);
  }
}
lines.push('', '✓ passed · ✗ failed · ? not run · – the client cannot:', '');
reasons.forEach((reason, index) => lines.push(`${index + 1}. ${reason}`));
if (failures.length) lines.push('', 'Failed:', '', ...failures.map(failure => `- ${failure}`));

const [begin, end] = ['<!-- generated: begin -->', '<!-- generated: end -->'];
const text = readFileSync(document, 'utf8');
writeFileSync(document, text.slice(0, text.indexOf(begin) + begin.length) + `\n${lines.join('\n')}\n` + text.slice(text.indexOf(end)));
