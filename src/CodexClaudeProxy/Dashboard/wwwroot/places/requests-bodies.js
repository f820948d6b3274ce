// What was sent and answered, if it was recorded.
import { html, useSignal } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { texts } from '../texts.js';
import { Button, CodeBlock, Loaded, Note, Segments } from '../components/parts.js';
import { askForMinutes } from './requests-capture.js';

/** @import { CapturedBodies } from '../lib/answers' */

const words = texts.requests.drawer;
const PARTS = ['request', 'upstream', 'answer'];

export function Bodies({ id, capture }) {
  const wanted = useSignal(false);
  if (!capture) {
    return html`<div class="stack"><p class="muted">${words.notRecorded}</p>
      <div><${Button} icon="record" onclick=${askForMinutes}>${texts.requests.capture.start}<//></div></div>`;
  }
  if (wanted.value) return html`<${Recorded} id=${id} />`;
  return html`<div class="stack"><${Note} kind="warn">${words.private}<//>
    <div><${Button} icon="eye" onclick=${() => { wanted.value = true; }}>${words.showBodies}<//></div></div>`;
}

function Recorded({ id }) {
  const polled = usePoll(`/api/requests/${encodeURIComponent(id)}/bodies`);
  const chosen = useSignal(null);
  return html`<${Loaded} of=${polled}>${(/** @type {CapturedBodies} */ data) => {
    const part = chosen.value ?? PARTS.find(name => data[name] !== null) ?? 'request';
    return html`<div class="stack">
      <${Segments} name=${words.bodies} options=${PARTS.map(name => [name, words.parts[name]])} value=${part} onchange=${name => { chosen.value = name; }} />
      ${data.truncated && html`<${Note}>${words.truncated}<//>`}
      <${CodeBlock} text=${data[part] === null ? words.noBody : pretty(data[part])} name=${words.copyBody} wraps />
    </div>`;
  }}<//>`;
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}
