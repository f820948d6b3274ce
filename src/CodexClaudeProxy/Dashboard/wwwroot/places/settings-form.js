// The settings, as the program describes them, in groups by what they are about. Each is saved at once and counts from the next request on.
import { html, useLayoutEffect, useRef, useSignal } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { href, param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { Button, Empty, Loaded } from '../components/parts.js';
import { Alerts } from './settings-alerts.js';
import { isChanged, Setting, wordsOf } from './settings-field.js';
import { usePrices } from './settings-prices.js';

/** @import { SettingDescription, SettingsReply } from '../lib/answers' */

const words = texts.settings.form;

const GROUPS = {
  models: ['defaultEffort', 'modelMappings', 'anthropicModels', 'haikuKiloModel', 'searchModel', 'advisorModel'],
  accounts: ['accountStrategy', 'reserves', 'holdUntilReset', 'autoRedeem'],
  alerts: ['alertLowPercent'],
  behaviour: ['autoModeCheck', 'clearToolUses', 'search', 'imageUrls', 'emulatePrefill', 'timeZone'],
  privacy: ['maskEmailsInLog', 'metricsAccounts', 'rememberReasoning', 'rememberResponses'],
  statistics: ['statistics', 'statisticsLimitMb', 'prices'],
  network: ['compressRequests', 'holdSeconds'],
  advanced: ['logLevel', 'strictServerTools', 'searchHistoryAsText', 'lane'],
};

export function SettingsForm() {
  const polled = usePoll('/api/settings');
  const changedOnly = useSignal(false);
  usePrices(polled);
  return html`<${Loaded} of=${polled} lines=${8}>${(/** @type {SettingsReply} */ { keys, settings }) => html`<${Form} ...${{ keys, settings, polled, changedOnly }} />`}<//>`;
}

/** @param {{ keys: SettingDescription[], settings: Record<string, any>, polled: any, changedOnly: any }} properties */
function Form({ keys, settings, polled, changedOnly }) {
  const wanted = param('q').trim().toLowerCase();
  const changed = keys.filter(key => isChanged(key, settings[key.name])).length;
  const isWanted = key => (!changedOnly.value || isChanged(key, settings[key.name])) && wordsOf(key).includes(wanted);
  const groups = grouped(keys).map(([id, members]) => ({ id, members: members.filter(isWanted) })).filter(({ members }) => members.length > 0);
  const showAll = () => { changedOnly.value = false; setParams({ q: null }, { replace: true }); };
  const list = useRef(null);
  useLayoutEffect(() => {
    // A link to a group leads to its beginning.
    if (param('group')) list.current.querySelector(`[data-group="${CSS.escape(param('group'))}"]`)?.scrollIntoView({ block: 'start' });
  }, [param('group')]);
  return html`<div class="settings-form" ref=${list}>
    <div class="row wrap settings-tools">
      <${Search} />
      <button type="button" class="button" aria-pressed=${String(changedOnly.value)} disabled=${changed === 0 && !changedOnly.value} onclick=${() => { changedOnly.value = !changedOnly.peek(); }}>${words.changedOnly(changed)}</button>
    </div>
    <nav class="settings-groups" aria-label=${words.jump}><ul>${groups.map(({ id }) => html`<li key=${id}><a href=${href('settings', { q: param('q'), group: id })} onclick=${event => { event.preventDefault(); jump(list.current, id); }}>${words.groups[id] ?? words.other}</a></li>`)}</ul></nav>
    <div class="stack wide">
      ${groups.map(({ id, members }) => html`<section key=${id} class="card settings-list" data-group=${id} aria-labelledby="group-${id}">
        <header><h2 id="group-${id}" tabindex="-1">${words.groups[id] ?? words.other}</h2></header>
        ${id === 'alerts' && html`<${Alerts} />`}
        <ul>${members.map(key => html`<li key=${key.name} class="setting" data-changed=${isChanged(key, settings[key.name]) ? '' : null}><${Setting} of=${key} value=${settings[key.name]} polled=${polled} /></li>`)}</ul>
      </section>`)}
      ${groups.length === 0 && html`<div class="card"><${Empty} icon="search" title=${words.noMatch} text=${words.noMatchText} action=${html`<${Button} onclick=${showAll}>${words.showAll}<//>`} /></div>`}
    </div>
  </div>`;
}

/** The focus goes along, so that the keyboard goes on there. */
function jump(list, id) {
  setParams({ group: id }, { replace: true });
  const group = list.querySelector(`[data-group="${id}"]`);
  group.scrollIntoView({ block: 'start' });
  group.querySelector('h2').focus({ preventScroll: true });
}

/**
 * [[group, keys]]; what is newer than this page is last.
 * @param {SettingDescription[]} keys
 * @returns {Array<[string, SettingDescription[]]>}
 */
function grouped(keys) {
  const known = new Map(keys.map(key => [key.name, key]));
  const placed = new Set(Object.values(GROUPS).flat());
  return [
    ...Object.entries(GROUPS).map(([id, names]) => /** @type {[string, SettingDescription[]]} */ ([id, names.map(name => known.get(name)).filter(Boolean)])),
    ['other', keys.filter(key => !placed.has(key.name))],
  ];
}

function Search() {
  const search = text => setParams({ q: text || null, group: null }, { replace: true });
  return html`<div class="search"><${Icon} name="search" size=${14} /><input class="input" type="search" aria-label=${words.search} placeholder=${words.search} value=${param('q')}
    oninput=${event => search(event.currentTarget.value)} onkeydown=${event => { if (event.key === 'Escape') { event.preventDefault(); search(''); } }} /></div>`;
}
