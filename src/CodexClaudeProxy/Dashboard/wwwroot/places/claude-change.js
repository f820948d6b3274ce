// Changing Claude Code's settings: what would be written is shown before it is.
import { h, uid } from '../lib/dom.js';
import { get, post } from '../lib/api.js';
import { effect, signal, untracked } from '../lib/signal.js';
import { texts } from '../texts.js';
import { openDialog } from '../components/dialog.js';
import { button, field, note, skeleton, toggle } from '../components/parts.js';
import { toast } from '../components/toast.js';

const words = texts.claude.change;
const LANES = ['default', 'opus', 'sonnet', 'haiku', 'fable'];
/** After the last key. */
const PAUSE = 350;

/** kind: 'proxy', 'direct', 'set' or 'restore'. @returns true when the file was changed. */
export async function change(kind, config) {
  const body = signal(initial(kind));
  const preview = signal(null);
  const error = signal(null);
  let turn = 0;

  async function look() {
    const mine = ++turn;
    if (!body.peek()) { preview.set(null); error.set(null); return; }
    try {
      const answer = await post(`/claude/config/${kind}`, { ...body.peek(), dryRun: true });
      if (mine === turn) { preview.set(answer); error.set(null); }
    } catch (e) {
      if (mine === turn) { preview.set(null); error.set(e); }
    }
  }

  async function write(close) {
    try {
      const answer = await post(`/claude/config/${kind}`, body.peek());
      toast(answer.backup ? words.written(answer.message, answer.backup) : answer.message);
      close(true);
    } catch (e) { error.set(e); }
  }

  return await openDialog({
    title: words.titles[kind], wide: true,
    content: () => {
      let timer = null;
      effect(() => { body(); clearTimeout(timer); timer = setTimeout(() => untracked(look), preview.peek() ? PAUSE : 0); });
      return h('div', { class: 'stack' },
        h('p', { class: 'muted' }, words.texts[kind]),
        fields(kind, body, config),
        () => error() && h('div', { role: 'alert' }, note(place(error()), 'bad')),
        h('div', { class: 'stack tight' }, h('h3', {}, words.preview), () => shown(preview(), error(), body())));
    },
    actions: close => [
      button({ onclick: () => close(false) }, texts.actions.cancel),
      button({ kind: 'primary', disabled: () => !preview()?.changed, onclick: () => write(close) }, words.write),
    ],
  }) === true;
}

const initial = kind => (kind === 'set' ? null : {});

function place(error) {
  const { line, column } = error.body?.problem ?? {};
  return line ? `${error.message} ${texts.claude.config.where(line, column)}` : error.message;
}

function shown(preview, error, body) {
  if (!body) return h('p', { class: 'muted' }, words.incomplete);
  if (error) return h('p', { class: 'muted' }, words.nothing);
  if (!preview) return skeleton(4);
  return [
    preview.changed ? diffBlock(preview.diff) : h('p', { class: 'muted' }, words.unchanged),
    preview.kept?.length > 0 && note(words.kept(preview.kept.join(', ')), 'warn'),
  ];
}

function diffBlock(text) {
  const kinds = { '+': 'added', '-': 'gone', '@': 'hunk' };
  const lines = text.split('\n').filter((line, i, all) => !(i === all.length - 1 && line === '') && !line.startsWith('---') && !line.startsWith('+++'));
  return h('div', { class: 'code diff' }, h('pre', { tabindex: 0, role: 'group', ariaLabel: words.preview },
    h('code', {}, lines.map(line => h('span', { class: kinds[line[0]] ?? '' }, `${line}\n`)))));
}

function fields(kind, body, config) {
  if (kind === 'proxy') return [choices(body, config), modelFields(body)];
  if (kind === 'direct') {
    let input;
    return field({ label: words.apiKeyOptional, hint: words.apiKeyOptionalHint }, (id, about) => (input = h('input', {
      id, class: 'input', type: 'password', autocomplete: 'off', spellcheck: 'false', ariaDescribedby: about, oninput: () => body.set(input.value ? { apiKey: input.value } : {}),
    })));
  }

  if (kind !== 'set') return null;
  let address;
  let key;
  const read = () => body.set(address.value.trim() && key.value ? { apiUrl: address.value.trim(), apiKey: key.value } : null);
  return h('div', { class: 'preferences' },
    field({ label: words.address }, id => (address = h('input', { id, class: 'input', type: 'url', autocomplete: 'off', spellcheck: 'false', placeholder: words.addressExample, value: config?.state === 'other' ? config.baseUrl ?? '' : '', oninput: read }))),
    field({ label: words.apiKey }, id => (key = h('input', { id, class: 'input', type: 'password', autocomplete: 'off', spellcheck: 'false', oninput: read }))));
}

/** What is only done when it is asked for. */
const choices = (body, config) => h('div', { class: 'stack tight' }, ['askPermission', 'disableNonessentialTraffic', config?.canSetAside && 'setAside'].filter(Boolean).map(name =>
  h('div', { class: 'stack tight' },
    toggle({ name: words.choices[name], value: () => body()?.[name] === true, onchange: on => body.set(without({ ...body.peek(), [name]: on }, on ? null : name)) }),
    h('span', { class: 'small muted' }, words.choiceHints[name]))));

function without(body, name) {
  if (name) delete body[name];
  return body;
}

/** Which model each name of Claude Code's stands for; what is left empty is recommended by the program. */
function modelFields(body) {
  const list = uid('models');
  const known = signal([]);
  get('/v1/models').then(answer => known.set(answer.data.map(model => model.id)), () => { /* then they are typed */ });
  const chosen = {};
  return h('details', {}, h('summary', {}, words.models),
    h('div', { class: 'preferences' }, LANES.map(lane => {
      let input;
      return field({ label: words.lanes[lane] }, id => (input = h('input', {
        id, class: 'input', list, spellcheck: 'false', autocomplete: 'off', placeholder: words.recommended,
        oninput: () => {
          if (input.value.trim()) chosen[lane] = input.value.trim();
          else delete chosen[lane];
          body.set(Object.keys(chosen).length > 0 ? { ...body.peek(), models: { ...chosen } } : without({ ...body.peek() }, 'models'));
        },
      })));
    })),
    h('datalist', { id: list }, () => known().map(id => h('option', { value: id }))));
}
