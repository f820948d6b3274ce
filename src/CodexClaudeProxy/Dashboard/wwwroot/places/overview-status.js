// The one sentence: is it working, and who serves next and why.
import { h } from '../lib/dom.js';
import { answeredAt } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { parse, span, zoned } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { accountName, pool, state } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';

const words = texts.overview.status;

export const statusLine = () => h('section', { class: 'status', data: () => ({ state: state() }), ariaLabel: words.name },
  h('i', { class: 'dot', ariaHidden: 'true' }),
  h('div', { class: 'stack tight' },
    h('p', { class: 'lead' }, sentence),
    h('p', { class: 'muted' }, exceptions)),
  () => ['empty', 'login'].includes(state()) && h('a', { class: 'button primary push', href: href('accounts', { add: state() === 'empty' ? 1 : null }) }, words.action[state()]));

function sentence() {
  const next = pool.data()?.next.find(entry => entry.account) ?? pool.data()?.next[0];
  switch (state()) {
    case 'online': return next?.account ? [h('b', {}, words.working), ' ', words.next, ' ', account(next.account), reason(next.reason)] : h('b', {}, words.working);
    case 'failed': return [h('b', {}, words.failed), ' ', pool.error()?.message];
    case 'offline': return [h('b', {}, words.offline), ' ', words.more.offline, ' ', pool.data() && answeredAt() && words.stale(zoned(answeredAt()))];
    case 'waiting': return [h('b', {}, words.waiting), ' ', release(next)];
    default: return [h('b', {}, words[state()]), ' ', words.more[state()]];
  }
}

const account = id => h('b', { class: 'name' }, accountName(id));

const reason = text => (text ? h('span', { class: 'muted' }, words.because(prose(text))) : '.');

function release(next) {
  const at = parse(next?.release);
  return at === null ? '' : () => (at > now() ? words.release(zoned(next.release), span(at - now())) : words.releaseNow);
}

/** Models for which someone else serves than for the first, or nobody. */
function exceptions() {
  const next = pool.data()?.next ?? [];
  const first = next.find(entry => entry.account)?.account;
  const others = state() === 'online' ? next.filter(entry => entry.account !== first) : [];
  if (others.length === 0) return ['online', 'waiting'].includes(state()) ? words.strategy(pool.data()?.strategy) : null;
  return others.map(entry => words.exception(entry.model, entry.account ? accountName(entry.account) : words.nobody)).join(' ');
}
