// Whether all is well: the doctor's checks, and what clients or the backend said that this version does not know.
import { h } from '../lib/dom.js';
import { post } from '../lib/api.js';
import { poll } from '../lib/feed.js';
import { ms, number, when } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { signal } from '../lib/signal.js';
import { texts } from '../texts.js';
import { icon } from '../components/icons.js';
import { button, card, empty, loaded, note, pill, toggle } from '../components/parts.js';
import { dataTable } from '../components/table.js';

const words = texts.settings.health;
const KINDS = { ok: ['ok', 'check'], warn: ['warn', 'alert'], fail: ['bad', 'alert'], skipped: ['', 'info'] };

export const healthView = () => h('div', { class: 'stack wide' }, doctorCard(), driftCard());

function doctorCard() {
  const result = signal(null);
  const error = signal(null);
  const withRequest = signal(false);
  const run = async () => {
    error.set(null);
    try { result.set(await post('/api/doctor', { request: withRequest.peek() })); } catch (e) { error.set(e); }
  };
  return card({ title: words.doctor, actions: () => result() && h('span', { role: 'status' }, verdict(result().checks)) }, h('div', { class: 'stack' },
    h('p', { class: 'muted' }, words.doctorText),
    h('div', { class: 'row wrap' },
      button({ kind: 'primary', icon: 'play', onclick: run }, words.run),
      toggle({ name: words.withRequest, value: withRequest, onchange: withRequest.set })),
    () => error() && (error().missing ? empty({ title: texts.unavailable.title, text: texts.unavailable.text }) : h('div', { role: 'alert' }, note(error().message, 'bad'))),
    () => result() && h('ul', { class: 'checks' }, result().checks.map(check))));
}

function verdict(checks) {
  const failed = checks.filter(each => each.status === 'fail').length;
  const warned = checks.filter(each => each.status === 'warn').length;
  return failed > 0 ? pill(words.failed(failed), 'bad') : warned > 0 ? pill(words.warned(warned), 'warn') : pill(words.allWell, 'ok');
}

function check({ title, status, detail, fix, ms: took }) {
  const [kind, picture] = KINDS[status] ?? KINDS.skipped;
  return h('li', { class: 'check-line' },
    h('span', { class: kind }, icon(picture)),
    h('div', { class: 'stack tight' },
      h('span', { class: 'row wrap' }, h('span', { class: 'strong' }, title), pill(words.states[status] ?? status, kind, { dot: false })),
      detail && h('p', { class: 'muted' }, () => prose(detail)),
      fix && h('p', {}, h('span', { class: 'strong' }, words.fix), () => prose(fix))),
    h('span', { class: 'faint small nowrap' }, ms(took)));
}

function driftCard() {
  const drift = poll('/api/drift', 60_000);
  return card({ title: words.drift }, loaded(drift, data => h('div', { class: 'stack' },
    h('p', { class: 'muted' }, words.driftText),
    () => (data().entries.length === 0 ? h('p', { class: 'row' }, h('span', { class: 'ok' }, icon('check')), words.noDrift) : dataTable({
      name: words.drift, id: entry => `${entry.kind} ${entry.name}`, rows: () => data().entries,
      columns: [
        { title: words.kind, cell: entry => words.kinds[entry.kind] ?? entry.kind },
        { title: words.name, cell: entry => h('code', {}, entry.name) },
        { title: words.seen, num: true, cell: entry => number(entry.count) },
        { title: words.first, num: true, cell: entry => when(entry.first_seen) },
        { title: words.client, cell: entry => h('span', { class: 'muted' }, entry.first_client) },
      ],
    })),
    () => data().beyond > 0 && h('p', { class: 'small muted' }, words.beyond(number(data().beyond))))));
}
