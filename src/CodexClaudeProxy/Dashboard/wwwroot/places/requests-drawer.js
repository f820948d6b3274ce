// One request in full: what it was, where the time went, who served it and why.
import { h } from '../lib/dom.js';
import { poll } from '../lib/feed.js';
import { DASH, moment, ms, number, percent, when } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { accountName } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { copyButton, facts, loaded, note, pill } from '../components/parts.js';
import { openDrawer } from '../components/dialog.js';
import { bodies } from './requests-bodies.js';
import { stateKind, stateName } from './accounts-state.js';
import { cacheShare, inputTokens, outcome, servedBy } from './requests-row.js';

const words = texts.requests.drawer;

/** @returns a function that closes it. */
export const openRequest = (id, onclose) => openDrawer({
  title: words.title, onclose,
  content: () => loaded(poll(`/api/requests/${encodeURIComponent(id)}`), data => detail(data()), { lines: 8 }),
});

const detail = row => h('div', { class: 'stack wide' },
  h('div', { class: 'stack' },
    h('div', { class: 'row wrap' }, outcome(row), h('span', { class: 'muted' }, moment(row.received)), h('span', { class: 'mono small faint push' }, row.id), copyButton(row.id, { name: words.copyId })),
    row.errorMessage && note(() => prose(row.errorMessage), 'bad')),
  section(words.timeline, timeline(row)),
  section(words.usage, usage(row)),
  section(words.checks, checks(row)),
  section(words.summary, summary(row)),
  section(words.attempts, attempts(row)),
  section(words.decision, decision(row)),
  section(words.bodies, bodies(row)));

const section = (title, content) => content && h('section', { class: 'stack' }, h('h3', {}, title), content);

const more = (text, params) => h('span', { class: 'row wrap' }, text, h('a', { class: 'small', href: href('requests', params) }, words.all));

const summary = row => facts([
  [words.path, h('span', { class: 'mono' }, row.path)],
  [words.model, row.requestedModel && more(row.requestedModel, { model: row.requestedModel })],
  [words.upstream, row.upstreamModel && `${row.upstreamModel}${row.effort ? ` · ${row.effort}` : ''}`],
  [words.sideCall, row.sideCall && more(texts.requests.sides[row.sideCall] ?? row.sideCall, { side: row.sideCall })],
  [words.route, row.route?.reason && prose(row.route.reason)],
  [words.account, row.account && more(() => servedBy(row), { account: row.account })],
  [words.client, row.client && h('span', { title: row.userAgent }, row.client)],
  [words.project, row.project && (() => who(row.project, 'project'))],
  [words.session, row.session && more(h('span', { class: 'mono' }, () => who(row.session, 'session')), { session: row.session })],
  [words.agent, row.agent],
  [words.conversation, row.conversation && row.conversation !== row.session
    ? more(h('span', { class: 'mono' }, () => who(row.conversation, 'conversation')), { conversation: row.conversation }) : null],
  [words.streamed, row.streamed ? words.yes : words.no],
  [words.stop, row.stopReason],
  [words.searches, row.webSearches || null],
  [words.error, row.errorType && [row.errorType, row.errorCode].filter(Boolean).join(' · ')],
]);

/** Where the time went: one bar for each stretch between two moments. */
function timeline({ timeline: points, totalMs, heldMs }) {
  const known = (points ?? []).filter(point => point.atMs !== null);
  const end = Math.max(1, totalMs ?? 0, ...known.map(point => point.atMs));
  if (known.length < 2) return totalMs === null ? null : h('p', { class: 'muted' }, words.onlyTotal(ms(totalMs)));
  return h('div', { class: 'stack tight' },
    h('ol', { class: 'waterfall' }, known.slice(1).map((point, i) => {
      const from = known[i].atMs;
      return h('li', { data: { stretch: point.name } },
        h('span', { class: 'cut' }, words.stretches[point.name] ?? point.name),
        h('span', { class: 'lane', ariaHidden: 'true' }, h('i', { style: { 'inset-inline-start': `${(100 * from) / end}%`, width: `${(100 * (point.atMs - from)) / end}%` } })),
        h('span', { class: 'num nowrap' }, ms(point.atMs - from)));
    }), h('li', { class: 'sum' }, h('span', {}, words.total), h('span', { class: 'lane', ariaHidden: 'true' }), h('span', { class: 'num nowrap' }, ms(totalMs ?? end)))),
    heldMs > 0 && h('p', { class: 'small muted' }, words.held(ms(heldMs))));
}

function usage({ tokens }) {
  if (!tokens) return h('p', { class: 'muted' }, words.noUsage);
  const input = inputTokens(tokens);
  const all = Math.max(1, input + tokens.output);
  const part = (name, value) => value > 0 && h('i', { class: name, style: { width: `${(100 * value) / all}%` } });
  return h('div', { class: 'stack' },
    h('div', { class: 'split', ariaHidden: 'true' }, part('fresh', tokens.fresh + (tokens.written ?? 0)), part('cached', tokens.cached), part('output', tokens.output)),
    h('dl', { class: 'tiles' },
      [[words.tokens.fresh, number(tokens.fresh)], [words.tokens.cached, number(tokens.cached), cacheShare(tokens) === null ? null : percent(cacheShare(tokens))],
        tokens.written ? [words.tokens.written, number(tokens.written)] : null,
        [words.tokens.output, number(tokens.output)], [words.tokens.reasoning, number(tokens.reasoning)]].filter(Boolean).map(([name, value, extra]) =>
        h('div', { class: 'tile' }, h('dt', {}, name), h('dd', {}, h('span', { class: 'value' }, value), extra && h('span', { class: 'small muted' }, extra))))),
    tokens.estimated && h('p', { class: 'small muted' }, words.estimated));
}

/** What auto mode's check said about each tool call. */
const checks = ({ checks: list }) => (list?.length ? h('ol', { class: 'stack' }, list.map((check, i) => h('li', { class: 'step' },
  h('div', { class: 'row wrap' }, h('span', { class: 'faint' }, `${i + 1}.`), h('span', { class: 'strong' }, check.tool),
    check.outcome === 'flagged' ? pill(words.verdicts.flagged, 'bad') : check.outcome ? pill(words.verdicts[check.outcome] ?? check.outcome, 'ok') : pill(words.verdicts.left, ''),
    check.rule && h('span', { class: 'push muted mono small' }, check.rule)),
  check.explanation && h('p', { class: 'small' }, () => prose(check.explanation)),
  h('p', { class: 'small muted' }, words.steps[check.step] ?? check.step)))) : null);

const accountOf = id => h('span', { class: 'strong name' }, () => (id ? accountName(id) : words.nobody));

const attempts = ({ attempts: list }) => (list?.length ? h('ol', { class: 'stack' }, list.map((attempt, i) => h('li', { class: 'step' },
  h('div', { class: 'row wrap' }, h('span', { class: 'faint' }, `${i + 1}.`), accountOf(attempt.account), attempt.failure ? pill(words.failedAttempt, 'bad') : pill(words.served, 'ok'),
    h('span', { class: 'push muted nowrap' }, words.attemptTime(ms(attempt.startMs), ms(attempt.durationMs)))),
  h('p', { class: 'small muted' }, () => prose(attempt.reason)),
  attempt.failure && h('p', { class: 'small bad' }, words.failures[attempt.failure] ?? attempt.failure),
  attempt.decision && h('p', { class: 'small muted' }, words.decisions[attempt.decision] ?? attempt.decision),
  attempt.change && h('p', { class: 'small muted' }, attempt.change)))) : h('p', { class: 'muted' }, words.noAttempts));

const decision = ({ selections }) => (selections?.length ? h('div', { class: 'stack' }, selections.map(choice => h('div', { class: 'stack tight' },
  h('p', {}, accountOf(choice.account), h('span', { class: 'muted' }, () => ` — ${prose(choice.reason)}`)),
  h('div', { class: 'scroll', tabindex: 0, role: 'group', ariaLabel: words.candidates }, h('table', { class: 'table compact' },
    h('caption', { class: 'unseen' }, words.candidates),
    h('thead', {}, h('tr', {}, [words.account, words.state, words.left, words.renews].map(text => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, choice.candidates.map(candidate => h('tr', {},
      h('th', { scope: 'row' }, h('span', { class: 'clip' }, () => accountName(candidate.account))),
      // As it was then, so nothing counts down.
      h('td', {}, h('span', { class: stateKind(candidate.state) || 'muted' }, candidate.until ? texts.account.stateUntil(stateName(candidate.state), when(candidate.until)) : stateName(candidate.state)),
        candidate.detail && h('div', { class: 'small muted' }, () => prose(candidate.detail))),
      h('td', { class: 'nowrap' }, percent(candidate.leftPercent)),
      h('td', { class: 'nowrap' }, candidate.renewsAt ? when(candidate.renewsAt) : DASH))))))))) : null);
