// One request in full: what it was, where the time went, who served it and why.
import { html } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { DASH, moment, ms, number, percent, usd, when } from '../lib/format.js';
import { prose, who } from '../lib/identity.js';
import { keyName } from '../lib/key-names.js';
import { accountName } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { CopyButton, Facts, Loaded, Note, Pill } from '../components/parts.js';
import { openDrawer } from '../components/dialog.js';
import { Bodies } from './requests-bodies.js';
import { stateKind, stateName } from './accounts-state.js';
import { cacheShare, inputTokens, Outcome, servedBy } from './requests-row.js';

/** @import { CandidateDetail, RequestDetail } from '../lib/answers' */

const words = texts.requests.drawer;
const costWords = texts.overview.glance.cost;

/** @returns a function that closes it. */
export const openRequest = (id, onclose) => openDrawer({ title: words.title, onclose, content: () => html`<${Detail} id=${id} />` });

function Detail({ id }) {
  const polled = usePoll(`/api/requests/${encodeURIComponent(id)}`);
  return html`<${Loaded} of=${polled} lines=${8}>${(/** @type {RequestDetail} */ row) => html`<div class="stack wide">
    <div class="stack">
      <div class="row wrap"><${Outcome} of=${row} /><span class="muted">${moment(row.received)}</span><span class="mono small faint push">${row.id}</span><${CopyButton} text=${row.id} name=${words.copyId} /></div>
      ${row.errorMessage && html`<${Note} kind="bad">${prose(row.errorMessage)}<//>`}
      ${whole(row) && html`<p><a href=${href('requests', whole(row))}>${row.session ? texts.requests.session.show : texts.requests.session.showConversation}</a></p>`}
    </div>
    ${section(words.timeline, timeline(row))}
    ${section(words.usage, usage(row))}
    ${section(words.checks, checks(row))}
    ${section(words.summary, html`<${Facts} entries=${summary(row)} />`)}
    ${section(words.attempts, attempts(row))}
    ${section(words.decision, decision(row))}
    ${section(words.bodies, html`<${Bodies} id=${row.id} capture=${row.capture} />`)}
  </div>`}<//>`;
}

const section = (title, content) => content && html`<section class="stack"><h3>${title}</h3>${content}</section>`;

const more = (text, params, action = words.all) => html`<span class="row wrap">${text}<a class="small" href=${href('requests', params)}>${action}</a></span>`;

/** What all turns are found by that belong together. @param {RequestDetail} row */
const whole = row => (row.session ? { session: row.session } : row.conversation ? { conversation: row.conversation } : null);

const mono = text => html`<span class="mono">${text}</span>`;

const summary = (/** @type {RequestDetail} */ row) => [
  [words.path, mono(row.path)],
  [words.model, row.requestedModel && more(row.requestedModel, { model: row.requestedModel })],
  [words.upstream, row.upstreamModel && `${row.upstreamModel}${row.effort ? ` · ${row.effort}` : ''}`],
  [words.sideCall, row.sideCall && more(texts.requests.sides[row.sideCall] ?? row.sideCall, { side: row.sideCall })],
  [words.route, row.route?.reason && prose(row.route.reason)],
  [words.account, row.account && more(servedBy(row), { account: row.account })],
  [words.client, row.client && html`<span title=${row.userAgent}>${row.client}</span>`],
  [words.key, row.key && more(keyName(row.key, row.keyName), { key: row.key })],
  [words.project, row.project && who(row.project, 'project')],
  [words.session, row.session && more(mono(who(row.session, 'session')), { session: row.session }, words.turns)],
  [words.agent, row.agent],
  [words.conversation, row.conversation && row.conversation !== row.session ? more(mono(who(row.conversation, 'conversation')), { conversation: row.conversation }, words.turns) : null],
  [words.streamed, row.streamed ? words.yes : words.no],
  [words.stop, row.stopReason],
  [words.searches, row.webSearches || null],
  [words.error, row.errorType && [row.errorType, row.errorCode].filter(Boolean).join(' · ')],
];

/**
 * Where the time went: one bar for each stretch between two moments.
 * @param {RequestDetail} row
 */
function timeline({ timeline: points, totalMs, heldMs }) {
  const known = (points ?? []).filter(point => point.atMs !== null);
  const end = Math.max(1, totalMs ?? 0, ...known.map(point => point.atMs));
  if (known.length < 2) return totalMs === null ? null : html`<p class="muted">${words.onlyTotal(ms(totalMs))}</p>`;
  return html`<div class="stack tight">
    <ol class="waterfall">
      ${known.slice(1).map((point, i) => {
        const from = known[i].atMs;
        return html`<li data-stretch=${point.name}>
          <span class="cut">${words.stretches[point.name] ?? point.name}</span>
          <span class="lane" aria-hidden="true"><i style=${{ 'inset-inline-start': `${(100 * from) / end}%`, width: `${(100 * (point.atMs - from)) / end}%` }}></i></span>
          <span class="num nowrap">${ms(point.atMs - from)}</span>
        </li>`;
      })}
      <li class="sum"><span>${words.total}</span><span class="lane" aria-hidden="true"></span><span class="num nowrap">${ms(totalMs ?? end)}</span></li>
    </ol>
    ${heldMs > 0 && html`<p class="small muted">${words.held(ms(heldMs))}</p>`}
  </div>`;
}

/** @param {RequestDetail} row */
function usage({ tokens, usd: estimate, cost }) {
  if (!tokens) return html`<p class="muted">${words.noUsage}</p>`;
  const input = inputTokens(tokens);
  const all = Math.max(1, input + tokens.output);
  const part = (name, value) => value > 0 && html`<i class=${name} style=${{ width: `${(100 * value) / all}%` }}></i>`;
  const tiles = [
    [words.tokens.fresh, tokens.fresh],
    [words.tokens.cached, tokens.cached, cacheShare(tokens) === null ? null : percent(cacheShare(tokens))],
    tokens.written ? [words.tokens.written, tokens.written] : null,
    [words.tokens.output, tokens.output],
    [words.tokens.reasoning, tokens.reasoning],
  ].filter(Boolean);
  return html`<div class="stack">
    <div class="split" aria-hidden="true">${part('fresh', tokens.fresh + (tokens.written ?? 0))}${part('cached', tokens.cached)}${part('output', tokens.output)}</div>
    <dl class="figures">${tiles.map(([name, value, extra]) => html`<div class="figure"><dt>${name}</dt>
      <dd><span class="value">${number(value)}</span>${extra && html`<span class="small muted">${extra}</span>`}</dd></div>`)}</dl>
    ${estimate !== null && cost?.price && html`<p class="small muted">${words.cost} ${words.costIs(usd(estimate))}${terms(cost)}</p>`}
    ${tokens.estimated && html`<p class="small muted">${words.estimated}</p>`}
  </div>`;
}

/** 60 uncached × $1.00 + 40 cached × $0.05 + … */
const terms = (/** @type {import('../lib/answers').CostLine} */ { price, ...line }) => [['fresh', 'input'], ['cached', 'cachedInput'], ['written', 'cacheWrite'], ['output', 'output']].filter(([tokens]) => line[tokens] > 0)
  .map(([tokens, of], i) => html`${i > 0 && ' + '}<span class="nowrap">${costWords.term(number(line[tokens]), costWords.parts[tokens], usd(price[of]))}</span>`);

const steps = list => html`<ol class="stack">${list.map((parts, i) => html`<li class="step"><div class="row wrap"><span class="faint">${i + 1}.</span>${parts[0]}</div>${parts[1]}</li>`)}</ol>`;

/** What auto mode's check said about each tool call. */
const checks = (/** @type {RequestDetail} */ { checks: list }) => (list?.length ? steps(list.map(check => [
  html`<span class="strong">${check.tool}</span>
    <${Pill} kind=${check.outcome === 'flagged' ? 'bad' : check.outcome ? 'ok' : ''}>${check.outcome ? words.verdicts[check.outcome] ?? check.outcome : words.verdicts.left}<//>
    ${check.rule && html`<span class="push muted mono small">${check.rule}</span>`}`,
  html`${check.explanation && html`<p class="small">${prose(check.explanation)}</p>`}<p class="small muted">${words.steps[check.step] ?? check.step}</p>`,
])) : null);

const accountOf = id => html`<span class="strong name">${id ? accountName(id) : words.nobody}</span>`;

const attempts = (/** @type {RequestDetail} */ { attempts: list }) => (list?.length ? steps(list.map(attempt => [
  html`${accountOf(attempt.account)}<${Pill} kind=${attempt.failure ? 'bad' : 'ok'}>${attempt.failure ? words.failedAttempt : words.served}<//>
    <span class="push muted nowrap">${words.attemptTime(ms(attempt.startMs), ms(attempt.durationMs))}</span>`,
  html`<p class="small muted">${prose(attempt.reason)}</p>
    ${attempt.failure && html`<p class="small bad">${words.failures[attempt.failure] ?? attempt.failure}</p>`}
    ${attempt.decision && html`<p class="small muted">${words.decisions[attempt.decision] ?? attempt.decision}</p>`}
    ${attempt.change && html`<p class="small muted">${attempt.change}</p>`}`,
])) : html`<p class="muted">${words.noAttempts}</p>`);

const decision = (/** @type {RequestDetail} */ { selections }) => (selections?.length ? html`<div class="stack">${selections.map(choice => html`<div class="stack tight">
  <p>${accountOf(choice.account)}<span class="muted"> — ${prose(choice.reason)}</span></p>
  <div class="scroll" tabindex="0" role="group" aria-label=${words.candidates}><table class="table compact">
    <caption class="unseen">${words.candidates}</caption>
    <thead><tr>${[words.account, words.state, words.left, words.renews].map(text => html`<th scope="col">${text}</th>`)}</tr></thead>
    <tbody>${choice.candidates.map(candidate)}</tbody>
  </table></div>
</div>`)}</div>` : null);

// As it was then, so nothing counts down.
const candidate = (/** @type {CandidateDetail} */ { account, state, until, detail, leftPercent, renewsAt }) => html`<tr>
  <th scope="row"><span class="clip">${accountName(account)}</span></th>
  <td><span class=${stateKind(state) || 'muted'}>${until ? texts.account.stateUntil(stateName(state), when(until)) : stateName(state)}</span>
    ${detail && html`<div class="small muted">${prose(detail)}</div>`}</td>
  <td class="nowrap">${percent(leftPercent)}</td>
  <td class="nowrap">${renewsAt ? when(renewsAt) : DASH}</td>
</tr>`;
