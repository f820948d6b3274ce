import { empty } from '../components/parts.js';
import { texts } from '../texts.js';

export const render = () => empty({ title: texts.unavailable.title, text: texts.unavailable.text });
