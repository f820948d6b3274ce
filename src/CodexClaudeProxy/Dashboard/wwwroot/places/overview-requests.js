// The last requests, arriving live.
import { h } from '../lib/dom.js';
import { go, href } from '../lib/router.js';
import { computed } from '../lib/signal.js';
import { texts } from '../texts.js';
import { card, empty, pill, skeleton } from '../components/parts.js';
import { dataTable } from '../components/table.js';
import { columns, openName } from './requests-row.js';

const words = texts.overview.requests;

export function lastRequests({ rows, error, feed, arrived }) {
  const phase = computed(() => (rows()?.length ? 'rows' : rows() ? 'none' : error() ? 'failed' : 'coming'));
  return card({
    title: words.title, flush: true,
    actions: [() => feed() === 'live' && pill(texts.requests.live, 'ok', { live: true }), h('a', { class: 'push small', href: href('requests') }, words.all)],
  }, () => {
    switch (phase()) {
      case 'rows': return dataTable({
        name: words.title, columns: columns(['received', 'state', 'model', 'account', 'output', 'total']), rows: () => rows() ?? [],
        open: row => go('requests', { id: row.id }), openName, isNew: row => arrived.has(row.id),
      });
      case 'none': return empty({ icon: 'requests', title: words.none, text: words.noneText });
      case 'failed': return empty({ title: error().missing ? texts.unavailable.title : texts.failed, text: error().missing ? texts.unavailable.text : error().message });
      default: return h('div', { class: 'body' }, skeleton());
    }
  });
}
