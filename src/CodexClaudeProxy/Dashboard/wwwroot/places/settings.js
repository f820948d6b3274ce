// Settings, the log, whether all is well, and what runs here.
import { computed } from '../lib/signal.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { tabs } from '../components/tabs.js';
import { aboutView } from './settings-about.js';
import { settingsForm } from './settings-form.js';
import { healthView } from './settings-health.js';
import { logView } from './settings-log.js';

const words = texts.settings;

export const render = () => {
  const view = computed(() => param('view'));
  return tabs({
    name: texts.places.settings, value: view,
    views: [['', words.views.settings, settingsForm], ['log', words.views.log, logView], ['health', words.views.health, healthView], ['about', words.views.about, aboutView]],
    onchange: id => setParams({ view: id || null, q: null, hide: null }),
  });
};
