import { h } from '../lib/dom.js';
import { accountStrips } from './overview-accounts.js';
import { statusLine } from './overview-status.js';
import { usageCard } from './overview-usage.js';
import { lastRequests } from './overview-requests.js';
import { connectCard, testCard } from './overview-start.js';
import { liveRequests } from '../lib/live.js';

export const render = () => {
  const live = liveRequests({ limit: 8 });
  return h('div', { class: 'stack wide' },
    statusLine(),
    h('div', { class: 'columns' },
      h('div', { class: 'stack wide' }, accountStrips(), usageCard(live.finished), lastRequests(live)),
      h('div', { class: 'stack wide' }, testCard(), connectCard())));
};
