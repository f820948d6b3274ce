import { h } from '../lib/dom.js';
import { pool } from '../lib/program.js';
import { who } from '../lib/identity.js';
import { card, loaded } from '../components/parts.js';
import { windowList } from '../components/windows.js';

export const render = () => loaded(pool, data => () => data().accounts.map(account =>
  card({ title: () => who(account.label ?? account.email) }, windowList(account.windows))));
