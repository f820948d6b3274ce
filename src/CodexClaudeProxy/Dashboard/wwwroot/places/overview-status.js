// Is it working, and who serves next and why.
import { html, Live } from '../lib/ui.js';
import { answeredAt } from '../lib/api.js';
import { now } from '../lib/clock.js';
import { parse, span, zoned } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { accountName, pool, state } from '../lib/program.js';
import { href } from '../lib/router.js';
import { condensed } from '../lib/series.js';
import { texts } from '../texts.js';
import { Sparkline } from '../components/sparkline.js';
import { Tile } from '../components/tile.js';

const words = texts.overview.status;

export function StatusTile({ lately }) {
  const how = state.value;
  const act = ['empty', 'login'].includes(how);
  return html`<${Tile} class="status" data-state=${how} title=${words.name} to=${href('accounts')}
    value=${html`<i class="dot" aria-hidden="true"></i>${words[HEADS[how] ?? how]}`}
    told=${html`<p class="lead">${sentence(how)}</p>`}
    action=${act && html`<a class="button primary" href=${href('accounts', { add: how === 'empty' ? 1 : null })}>${words.action[how]}</a>`}
    picture=${!act && html`<${Sparkline} values=${lately.value ? condensed(lately.value.series).map(point => point.requests) : []} bars most=${4} />`} />`;
}

const HEADS = { online: 'working' };

function sentence(how) {
  const { next: all = [] } = pool.data.value ?? {};
  const next = all.find(entry => entry.account) ?? all[0];
  switch (how) {
    case 'online': return next?.account && [words.next, ' ', html`<b class="name">${accountName(next.account)}</b>`, next.reason ? words.because(prose(next.reason)) : '.', exceptions(all, next.account)];
    case 'failed': return pool.error.value?.message;
    case 'offline': return [words.more.offline, ' ', pool.data.value && answeredAt.value && words.stale(zoned(answeredAt.value))];
    case 'waiting': return html`<${Release} next=${next} />`;
    default: return words.more[how];
  }
}

const Release = ({ next }) => {
  const at = parse(next?.release);
  return at === null ? '' : html`<${Live}>${() => (at > now.value ? words.release(zoned(next.release), span(at - now.value)) : words.releaseNow)}<//>`;
};

/** Models for which someone else serves than for the first, or nobody. */
function exceptions(all, first) {
  const others = all.filter(entry => entry.account !== first);
  return others.length > 0 && html`<span class="exceptions"> ${others.map(entry => words.exception(entry.model, entry.account ? accountName(entry.account) : words.nobody)).join(' ')}</span>`;
}
