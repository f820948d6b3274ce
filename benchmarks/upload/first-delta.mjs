// What compressed requests gain on a slow line: the time to the first delta through a relay that lets so many bits a second pass
// upwards, with the setting compressRequests at off and on. Usage: node first-delta.mjs PROGRAM [ROUNDS], see ../README.md.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MBITS = [1, 5, 20];
const SIZES = [68_000, 500_000, 1_000_000];
const MODEL = 'gpt-6.1-terra';

const [, , program, rounds = '3'] = process.argv;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const fixture = path => readFileSync(join(root, 'tests/FakeCodex/fixtures', path), 'utf8');
const listening = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(server.address().port)));

/** Answers when it has the whole body, and counts what came over the line. */
function backend() {
  const models = JSON.stringify(JSON.parse(fixture('http/models-200.json')).body);
  const answer = fixture('sse/text-plain.sse');
  const state = { bytes: 0 };
  state.server = createServer((request, response) => {
    let bytes = 0;
    request.on('data', chunk => { bytes += chunk.length; });
    request.on('end', () => {
      if (request.method === 'POST' && request.url.endsWith('/codex/responses')) {
        state.bytes = bytes;
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer);
      } else if (request.url.includes('/codex/models')) response.writeHead(200, { 'content-type': 'application/json' }).end(models);
      else response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  return state;
}

/** Passes everything on; upwards no faster than the line. */
function relay(port, line) {
  return net.createServer(client => {
    const server = net.connect(port, '127.0.0.1');
    for (const end of [client, server]) end.setNoDelay(true).on('error', () => { client.destroy(); server.destroy(); });
    let free = 0;
    client.on('data', chunk => {
      client.pause();
      free = Math.max(free, performance.now()) + (chunk.length * 8) / (line.mbits * 1000);
      setTimeout(() => { server.write(chunk); client.resume(); }, free - performance.now());
    });
    client.on('end', () => server.end());
    server.pipe(client);
  });
}

/** A coding agent's conversation: files of this repository that were read, short calls, and a stretch per turn that nothing compresses, as reasoning is. */
function conversation(size) {
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter(name => name.endsWith('.cs') && !/[\\/](obj|bin)[\\/]/.test(name)).sort();
  const messages = [{ role: 'user', content: 'Look through the source and say what could be simpler.' }];
  let length = 0;
  for (let turn = 0; length < size - 1500; turn++) {
    const name = files[(turn * 37) % files.length];
    const noise = Array.from({ length: 24 }, (_, i) => createHash('sha256').update(`${turn} ${i}`).digest('base64')).join('');
    const text = readFileSync(join(root, 'src', name), 'utf8').slice(0, Math.max(200, size - length - 3000));
    messages.push(
      { role: 'assistant', content: [{ type: 'text', text: noise }, { type: 'tool_use', id: `toolu_${turn}`, name: 'Read', input: { file_path: `/src/${name}` } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `toolu_${turn}`, content: text.split('\n').map((line, i) => `${String(i + 1).padStart(6)}\t${line}`).join('\n') }] });
    length = JSON.stringify(messages).length;
  }
  const tools = [{ name: 'Read', description: 'Reads a file.', input_schema: { type: 'object', properties: { file_path: { type: 'string' } }, required: ['file_path'] } }];
  return JSON.stringify({ model: MODEL, max_tokens: 1000, stream: true, tools, messages });
}

/** An account that never has to be refreshed while this runs. */
function accounts() {
  const part = value => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'none' })}.${part({ exp: Math.floor(Date.now() / 1000) + 864000 })}.x`;
  const account = { email: 'dev@example.com', accountId: '00000000-1111-2222-3333-444444444444', planType: 'pro', accessToken: token, refreshToken: 'r', idToken: token, expiresAt: Date.now() + 864000000 };
  return JSON.stringify({ accounts: [account], activeAccount: account.email, version: 1 });
}

async function firstDelta(url, body) {
  const start = performance.now();
  const response = await fetch(`${url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  let text = '';
  let first = 0;
  for await (const chunk of response.body) {
    text += Buffer.from(chunk).toString();
    if (first === 0 && text.includes('content_block_delta')) first = performance.now() - start;
  }
  if (!text.includes('message_stop')) throw new Error(text);
  return first;
}

const upstream = backend();
const line = { mbits: 1000 };
const slow = relay(await listening(upstream.server), line);
const directory = mkdtempSync(join(tmpdir(), 'ccp-upload-'));
writeFileSync(join(directory, 'accounts.json'), accounts());
const relayed = `http://127.0.0.1:${await listening(slow)}`;
const proxy = spawn(program, ['serve', '--port', '0', '--data-dir', directory], {
  env: { ...process.env, HOME: directory, CCP_CHATGPT_URL: `${relayed}/backend-api`, CCP_AUTH_URL: relayed },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await new Promise((found, failed) => {
    let said = '';
    proxy.stdout.on('data', chunk => { said += chunk; const at = /http:\/\/127\.0\.0\.1:\d+/.exec(said); if (at) found(at[0]); });
    proxy.on('exit', code => failed(new Error(`the program ended with ${code}: ${said}`)));
  });
  const choose = choice => fetch(`${url}/api/settings`, { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ compressRequests: choice }) });
  await firstDelta(url, conversation(2000));
  console.log('| body, KB | sent: off, on, KB | Mbit/s | off, ms | on, ms |\n|---|---|---|---|---|');
  for (const size of SIZES) {
    const body = conversation(size);
    for (const mbits of MBITS) {
      line.mbits = mbits;
      const times = { off: [], on: [] };
      const sent = {};
      for (let round = 0; round < Number(rounds); round++) {
        for (const choice of ['off', 'on']) {
          await choose(choice);
          times[choice].push(await firstDelta(url, body));
          sent[choice] = Math.round(upstream.bytes / 1000);
        }
      }
      const median = list => Math.round(list.sort((a, b) => a - b)[Math.floor(list.length / 2)]);
      console.log(`| ${Math.round(body.length / 1000)} | ${sent.off}, ${sent.on} | ${mbits} | ${median(times.off)} | ${median(times.on)} |`);
    }
  }
} finally {
  proxy.removeAllListeners('exit');
  proxy.kill();
  slow.close();
  upstream.server.closeAllConnections();
  upstream.server.close();
  await new Promise(done => (proxy.exitCode === null ? proxy.on('exit', done) : done()));
  rmSync(directory, { recursive: true, force: true });
}
