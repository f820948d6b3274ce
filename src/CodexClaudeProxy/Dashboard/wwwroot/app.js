import { watchKey } from './components/keydialog.js';
import { start } from './shell.js';

start();
watchKey();
