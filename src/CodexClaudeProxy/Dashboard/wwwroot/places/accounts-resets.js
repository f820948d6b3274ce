// The banked resets of an account: how many, when they end, whether one is worth it now, and redeeming one after a question.
import { html } from '../lib/ui.js';
import { get, post } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { moment } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { nameOf, pathOf } from '../lib/program.js';
import { texts } from '../texts.js';
import { confirm } from '../components/dialog.js';
import { Button, Loaded, Note } from '../components/parts.js';
import { attempt, toast } from '../components/toast.js';

/** @import { AccountResets } from '../lib/answers' */

const words = texts.accounts.resets;

export function Resets({ account, reload }) {
  const polled = usePoll(pathOf(account, '/resets'), 60_000);
  const redeem = () => redeemReset(account, () => Promise.all([reload(), polled.reload()]));
  return html`<${Loaded} of=${polled}>${(/** @type {AccountResets} */ resets) => html`<div class="stack">
    <p>${words.count(resets.available)}</p>
    ${resets.credits.length > 0 && html`<ul>${resets.credits.map(({ id, expiresAt }) => html`<li key=${id}>${ends(expiresAt)}</li>`)}</ul>`}
    ${resets.listError && html`<${Note} kind="warn">${words.noList(prose(resets.listError))}<//>`}
    ${resets.advice && html`<p class="muted">${prose(resets.advice)}</p>`}
    <div><${Button} icon="refresh" disabled=${resets.pending === 'awaited' || undefined} onclick=${redeem}>${words.redeem}<//></div>
  </div>`}<//>`;
}

const ends = expiresAt => (expiresAt ? words.ends(moment(expiresAt)) : words.endless);

/** Asks what there is once more, so that the person agrees to what will be spent. @returns true when upstream accepted the reset. */
export async function redeemReset(account, reload) {
  const resets = /** @type {AccountResets | undefined} */ (await attempt(() => get(pathOf(account, '/resets'))));
  if (!resets) return false;
  const [first] = resets.credits;
  const which = resets.pending === 'open' ? words.repeats : first ? words.which(ends(first.expiresAt)) : words.anyOne;
  const agreed = await confirm({ title: words.title(nameOf(account)), body: [which, prose(resets.advice), words.final].filter(Boolean).join(' '), action: words.redeem, danger: true });
  if (!agreed) return false;

  const done = await attempt(() => post(pathOf(account, '/reset'), { confirmed: true, credit: first?.id ?? null }), answer => prose(answer.message));
  if (done?.note) toast(prose(done.note), 'info');
  await reload();
  return done?.success === true;
}
