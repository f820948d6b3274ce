// Compares the proxy's count of input tokens with a reference tokenizer: `node compare.mjs URL`, see ../README.md.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const [, , url] = process.argv;
// A seed of its own, so that every run measures the same texts.
let seed = 20261125;
const random = below => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
const pick = list => list[random(list.length)];
const many = (count, make, glue = '') => Array.from({ length: count }, make).join(glue);
const codePoint = (first, last) => String.fromCodePoint(first + random(last - first + 1));

const english = 'the a proxy request answers quickly because every account keeps its own window and nobody waits for a token that was counted twice'.split(' ');
const han = '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经'.split('');
const kinds = {
  English: () => many(2000, () => pick(english) + pick(['', '', '', ',', '.\n']), ' '),
  code: () => many(400, i => `    if (${pick(english)}[${random(99)}] != null) { return ${pick(english)}_${random(9)}(x => x.${pick(english)} + 0x${random(65536).toString(16)}); }\n`),
  JSON: () => JSON.stringify(Array.from({ length: 300 }, () => ({ id: `call_${random(1e9).toString(36)}`, path: `/src/${pick(english)}.ts`, line: random(5000), ok: random(2) === 1 })), null, random(2)),
  'Han, common': () => many(6000, () => pick(han) + (random(12) ? '' : '，')),
  'Han, random': () => many(6000, () => codePoint(0x4e00, 0x9fa5)),
  emoji: () => many(2000, () => codePoint(0x1f300, 0x1f64f) + pick(['', ' ', '\u200d', '🏽'])),
  mixed: () => many(300, () => `${pick(english)} ${many(5, () => pick(han))} ${codePoint(0x1f300, 0x1f64f)} {"n":${random(1e6)}} Größe ŝanĝo Привет ไทย\n`),
};

async function counted(text) {
  const body = JSON.stringify({ model: 'gpt-5.5', messages: [{ role: 'user', content: text }] });
  const response = await fetch(`${url}/v1/messages/count_tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return (await response.json()).input_tokens;
}

// What stands around one message.
const frame = (await counted('a')) - 1;
for (const [kind, make] of Object.entries(kinds)) {
  const text = make();
  const [ours, theirs] = [(await counted(text)) - frame, countTokens(text, { disallowedSpecial: new Set() })];
  console.log(`${kind.padEnd(12)} ${String(Buffer.byteLength(text)).padStart(7)} bytes ${String(ours).padStart(7)} ${String(theirs).padStart(7)} ${(((ours - theirs) / theirs) * 100).toFixed(2)} %`);
}
