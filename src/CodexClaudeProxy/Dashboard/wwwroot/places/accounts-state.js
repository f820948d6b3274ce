// How an account stands: one chip and one sentence, the same in every place.
import { html } from '../lib/ui.js';
import { now } from '../lib/clock.js';
import { moment, parse, span, when } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { texts } from '../texts.js';
import { Badge, Pill } from '../components/parts.js';

const words = texts.account;
const KINDS = { ready: 'ok', exhausted: 'bad', 'needs-sign-in': 'bad', 'cooling-down': 'warn', reserved: 'warn', 'already-tried': 'warn' };
/** The program's word for a plan's full window; the chip and the window say it already. */
const USAGE_LIMIT = 'usage limit';

export const stateKind = state => KINDS[state] ?? '';

export const stateName = state => words.states[state] ?? state;

/** The state, and until when. */
export function StatePill({ state, until }) {
  const end = parse(until);
  if (end === null) return html`<${Pill} kind=${stateKind(state)}>${stateName(state)}<//>`;
  return html`<${Pill} kind=${stateKind(state)}><span title="${moment(until)} (${texts.time.in(span(end - now.value))})">
    ${end > now.value ? words.stateUntil(stateName(state), when(until)) : stateName(state)}</span><//>`;
}

/** Why, as far as the chip does not say it; null when there is nothing to add. */
export function stateSentence({ state, stateDetail: detail }) {
  if (!detail && state !== 'reserved' && state !== 'needs-sign-in') return null;
  switch (state) {
    case 'ready': return `${prose(detail).replace(/^./, letter => letter.toUpperCase())}.`;
    case 'exhausted': return detail === USAGE_LIMIT ? null : words.why.refused(prose(detail));
    case 'cooling-down': return words.why.cooldown(prose(detail));
    case 'reserved': return words.why.reserved;
    case 'needs-sign-in': return detail?.endsWith('.') ? prose(detail) : words.why.signIn;
    default: return null;
  }
}

export const PlanBadge = ({ plan }) => plan && plan !== 'unknown' && html`<span class="plan" data-plan=${plan}><${Badge}>${plan.toUpperCase()}<//></span>`;
