// Settings, the log, whether all is well, and what runs here.
import { html } from '../lib/ui.js';
import { param, setParams } from '../lib/router.js';
import { style } from '../lib/style.js';
import { texts } from '../texts.js';
import { Tabs } from '../components/tabs.js';
import { AboutView } from './settings-about.js';
import { SettingsForm } from './settings-form.js';
import { HealthView } from './settings-health.js';
import { KeysView } from './settings-keys.js';
import { LogView } from './settings-log.js';

await style('settings');

const words = texts.settings;
const VIEWS = [['', words.views.settings, SettingsForm], ['keys', words.views.keys, KeysView], ['log', words.views.log, LogView], ['health', words.views.health, HealthView], ['about', words.views.about, AboutView]];

export const Place = () => html`<${Tabs} name=${texts.places.settings} value=${param('view')} views=${VIEWS} onchange=${id => setParams({ view: id || null, q: null, hide: null, group: null })} />`;
