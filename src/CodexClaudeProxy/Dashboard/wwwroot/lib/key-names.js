// What clients' keys are called, also those that are gone: asked once, when a name is first wanted.
import { signal } from './ui.js';
import { get } from './api.js';
import { who } from './identity.js';

const names = signal(/** @type {Map<string, string>} */ (new Map()));
let asked = false;

/** @param {string} id @param {string | null} [then] the name it had when it was kept */
export function keyName(id, then = null) {
  if (!asked) {
    asked = true;
    get('/api/stats?range=all&by=key').then(answer => { names.value = new Map(answer.groups.map(group => [group.key, group.label])); }, () => { asked = false; });
  }
  return who(names.value.get(id) ?? then ?? id, 'key');
}

/** Names may have changed. */
export function forgetKeyNames() { asked = false; }
