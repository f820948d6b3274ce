// Recording bodies, for a few minutes at a time.
import { computed, html, Live, signal, useSignalEffect } from '../lib/ui.js';
import { now } from '../lib/clock.js';
import { post } from '../lib/api.js';
import { usePoll } from '../lib/feed.js';
import { bytes, number, parse, span } from '../lib/format.js';
import { texts } from '../texts.js';
import { Button, Field, Note, Select } from '../components/parts.js';
import { openDialog } from '../components/dialog.js';
import { attempt } from '../components/toast.js';

const words = texts.requests.capture;

// Shared by the button, the note and the drawer.
const state = signal(null);
const isOn = computed(() => state.value !== null && parse(state.value.until) > now.value);

async function change(minutes, done) {
  const answer = await attempt(() => post('/api/capture', { minutes }), done);
  if (answer?.until !== undefined) state.value = answer;
}

export const CaptureButton = () => !isOn.value && html`<${Button} icon="record" onclick=${askForMinutes}>${words.start}<//>`;

/** Tells that bodies are recorded, and until when. */
export function CaptureNote() {
  const polled = usePoll('/api/capture', 10_000);
  useSignalEffect(() => { if (polled.data.value !== null) state.value = polled.data.value; });
  return isOn.value && html`<div class="note warn"><div class="row wrap grow">
    <${Live}>${() => words.on(span(parse(state.value.until) - now.value), number(state.value.kept), bytes(state.value.bytes))}<//>
    <${Button} kind="small push" onclick=${() => change(0, words.stopped)}>${words.stop}<//>
  </div></div>`;
}

export async function askForMinutes() {
  const minutes = signal('5');
  const agreed = await openDialog({
    title: words.title,
    content: () => html`<div class="stack">
      <${Note} kind="warn">${words.warning}<//>
      <${Field} label=${words.minutes}>${id => html`<${Select} id=${id} value=${minutes.value} onchange=${chosen => { minutes.value = chosen; }}
        options=${['5', '15', '30', '60'].map(n => [n, words.minutesOf(n)])} />`}<//>
    </div>`,
    actions: ({ close }) => html`
      <${Button} onclick=${() => close(false)} autofocus>${texts.actions.cancel}<//>
      <${Button} kind="primary" onclick=${() => close(true)}>${words.start}<//>`,
  });
  if (agreed) await change(Number(minutes.peek()), words.started);
}
