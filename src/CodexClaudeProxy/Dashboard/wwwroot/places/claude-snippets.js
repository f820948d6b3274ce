// What to paste into shells and editors, and the ways that need no pasting.
import { h } from '../lib/dom.js';
import { poll } from '../lib/feed.js';
import { param, setParams } from '../lib/router.js';
import { computed } from '../lib/signal.js';
import { texts } from '../texts.js';
import { card, codeBlock, loaded, segments, select } from '../components/parts.js';

const words = texts.claude.snippets;

export function snippetsCard() {
  const environment = poll('/claude/environment');
  return card({ title: words.title }, loaded(environment, data => {
    const chosen = computed(() => (data().snippets.find(snippet => snippet.id === param('shell')) ?? data().snippets[0]).id);
    const snippet = () => data().snippets.find(each => each.id === chosen());
    const options = data.peek().snippets.map(({ id, label }) => [id, words.short[id] ?? label]);
    const choose = id => setParams({ shell: id === data.peek().snippets[0].id ? null : id }, { replace: true });
    return h('div', { class: 'stack' },
      h('p', { class: 'muted' }, words.text),
      h('div', { class: 'wide-choice' }, segments({ name: words.name, options, value: chosen, onchange: choose })),
      h('div', { class: 'narrow-choice' }, select({ name: words.name, options: () => options, value: chosen, onchange: choose })),
      () => words.short[chosen()] && h('p', { class: 'small muted' }, snippet().label),
      () => { const { label, text } = snippet(); return codeBlock(text, { name: words.copy(label) }); },
      h('details', {}, h('summary', {}, words.meaning), () => h('dl', { class: 'meanings' }, data().variables.map(({ name, value, why }) =>
        [h('dt', {}, h('code', {}, `${name}=${value}`)), h('dd', { class: 'muted' }, why)]))));
  }));
}

export const runCard = () => card({ title: words.without }, h('div', { class: 'halves' },
  h('div', { class: 'stack' }, h('h3', {}, words.run), h('p', { class: 'muted' }, words.runText), codeBlock('codex-claude-proxy run -- claude', { name: words.copy(words.run) })),
  h('div', { class: 'stack' }, h('h3', {}, words.statusline), h('p', { class: 'muted' }, words.statuslineText), codeBlock('codex-claude-proxy statusline --install', { name: words.copy(words.statusline) }))));
