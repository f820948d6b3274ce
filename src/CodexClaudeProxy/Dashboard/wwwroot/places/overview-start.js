// Trying it out, and pointing Claude Code here.
import { h } from '../lib/dom.js';
import { call, accessKey } from '../lib/api.js';
import { frames, poll } from '../lib/feed.js';
import { ms, number } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { about, baseUrl } from '../lib/program.js';
import { href } from '../lib/router.js';
import { onCleanup, signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { button, card, codeBlock, field, note, segments, select } from '../components/parts.js';

const words = texts.overview.test;
const ROUTES = [['/v1/messages', words.messages], ['/v1/chat/completions', words.chat]];

export function testCard() {
  const models = poll('/v1/models');
  const lanes = poll('/settings/models');
  const model = signal('');
  const route = signal(ROUTES[0][0]);
  const result = signal(null);
  const abort = new AbortController();
  onCleanup(() => abort.abort());
  let prompt;

  const modelChoice = () => model() || lanes.data()?.lanes?.opus?.model || models.data()?.data?.[0]?.id || '';
  const run = chosen => {
    const text = prompt.value.trim();
    return text ? ask({ route: route.peek(), model: chosen, text, result, signal: abort.signal }) : prompt.focus();
  };

  return card({ title: words.title }, h('div', { class: 'stack' },
    h('p', { class: 'small muted' }, words.note),
    field({ label: words.prompt }, id => (prompt = h('textarea', { id, class: 'input', rows: 2, value: words.hello }))),
    field({ label: words.model }, id => select({ id, value: modelChoice, onchange: model.set, options: () => (models.data()?.data ?? []).map(({ id: name }) => [name, name]) })),
    segments({ name: words.route, options: ROUTES, value: route, onchange: route.set }),
    h('div', { class: 'row wrap' },
      button({ kind: 'primary', icon: 'play', onclick: () => run(modelChoice()) }, words.run),
      button({ onclick: () => run('claude-haiku-4-5'), title: words.haikuNote }, words.haiku, () => (lanes.data()?.lanes?.haiku ? h('span', { class: 'small muted cut' }, lanes.data().lanes.haiku.model) : null))),
    h('div', { role: 'status', ariaLive: 'polite' }, () => answer(result()))));
}

function answer(result) {
  if (result === null) return null;
  if (result.error) return note(() => prose(result.error), 'bad');
  return h('div', { class: 'stack tight' },
    h('div', { class: 'answer', tabindex: 0, role: 'group', ariaLabel: words.answer }, result.text || h('span', { class: 'muted' }, words.waiting)),
    result.done && h('p', { class: 'small muted' }, words.summary(result.model, result.first === null ? null : ms(result.first), ms(result.total), result.output === null ? null : number(result.output))));
}

/** Asks with a stream, as the real clients do, and shows the answer as it comes. */
async function ask({ route, model, text, result, signal: abort }) {
  const began = performance.now();
  const state = { text: '', model, first: null, output: null, total: null };
  result.set({ ...state });
  const isChat = route.endsWith('completions');
  try {
    const response = await call(route, {
      method: 'POST', signal: abort, headers: { accept: 'text/event-stream' },
      body: { model, stream: true, messages: [{ role: 'user', content: text }], ...(isChat ? { stream_options: { include_usage: true } } : { max_tokens: 1000 }) },
    });
    if (!response.ok) {
      const body = await response.json().catch(() => null);
      throw new Error(body?.error?.message ?? texts.api.status(response.status));
    }
    for await (const { data } of frames(response.body)) {
      if (data?.error) throw new Error(data.error.message);
      const piece = isChat ? data?.choices?.[0]?.delta?.content : data?.delta?.text;
      state.output = (isChat ? data?.usage?.completion_tokens : data?.usage?.output_tokens) ?? state.output;
      if (!piece) continue;
      state.first ??= performance.now() - began;
      state.text += piece;
      result.set({ ...state });
    }
    result.set({ ...state, done: true, total: performance.now() - began });
  } catch (e) {
    if (e.name !== 'AbortError') result.set({ error: e.message || texts.failed });
  }
}

const connect = texts.overview.connect;

const SHELLS = {
  bash: (name, value) => `export ${name}="${value}"`,
  fish: (name, value) => `set -x ${name} "${value}"`,
  powershell: (name, value) => `$env:${name} = "${value}"`,
};

export function connectCard() {
  const shell = signal(navigator.platform.startsWith('Win') ? 'powershell' : 'bash');
  // The key itself is never shown: others may look at this screen.
  const key = () => (accessKey() !== null || about.data()?.apiKeySet ? connect.key : 'any');
  const settings = poll('/api/settings');
  // Where this program judges auto mode's commands, Claude Code must ask it.
  const judges = () => settings.data()?.settings?.autoModeCheck === 'model';
  const variables = () => [['ANTHROPIC_BASE_URL', baseUrl()], ['ANTHROPIC_AUTH_TOKEN', key()], ...(judges() ? [] : [['CLAUDE_CODE_AUTO_MODE_SERVER', '0']])];
  const text = () => [...variables().map(([name, value]) => SHELLS[shell()](name, value)), 'claude'].join('\n');
  return card({ title: connect.title, class: 'connect' }, h('div', { class: 'stack' },
    h('p', { class: 'small muted' }, connect.note),
    segments({ name: connect.shell, options: Object.keys(SHELLS).map(id => [id, connect.shells[id]]), value: shell, onchange: shell.set }),
    codeBlock(text, { name: connect.copy }),
    h('p', { class: 'small' }, h('a', { href: href('claude') }, connect.more))));
}
