// Trying it out, and pointing Claude Code here.
import { html, useEffect, useMemo, useRef, useSignal } from '../lib/ui.js';
import { accessKey } from '../lib/api.js';
import { ask } from '../lib/ask.js';
import { usePoll } from '../lib/feed.js';
import { ms, number } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { about, baseUrl } from '../lib/program.js';
import { href } from '../lib/router.js';
import { texts } from '../texts.js';
import { Button, Card, CodeBlock, Field, Note, Segments, Select } from '../components/parts.js';

const words = texts.overview.test;
const PROTOCOLS = [['messages', words.messages], ['chat', words.chat], ['responses', words.responses]];

export function TestCard() {
  const models = usePoll('/v1/models');
  const lanes = usePoll('/settings/models');
  const model = useSignal('');
  const protocol = useSignal(PROTOCOLS[0][0]);
  const text = useSignal(words.hello);
  const result = useSignal(null);
  const prompt = useRef(null);
  const abort = useMemo(() => new AbortController(), []);
  useEffect(() => () => abort.abort(), []);

  const known = models.data.value?.data ?? [];
  const haiku = lanes.data.value?.lanes?.haiku?.model;
  const choice = model.value || lanes.data.value?.lanes?.opus?.model || known[0]?.id || '';
  const run = async chosen => {
    const asked = text.peek().trim();
    if (!asked) { prompt.current.focus(); return; }
    try {
      const answer = await ask(protocol.peek(), { model: chosen, text: asked, signal: abort.signal, onpiece: soFar => { result.value = soFar; } });
      result.value = { ...answer, done: true };
    } catch (e) {
      if (e.name !== 'AbortError') result.value = { error: e.message || texts.failed };
    }
  };

  return html`<${Card} title=${words.title}><div class="stack">
    <p class="small muted">${words.note}</p>
    <${Field} label=${words.prompt}>${id => html`<textarea id=${id} class="input" rows="2" value=${text.value} oninput=${event => { text.value = event.target.value; }} ref=${prompt} />`}<//>
    <${Field} label=${words.model}>${id => html`<${Select} id=${id} value=${choice} onchange=${value => { model.value = value; }} options=${known.map(({ id: name }) => [name, name])} />`}<//>
    <${Segments} name=${words.route} options=${PROTOCOLS} value=${protocol.value} onchange=${value => { protocol.value = value; }} />
    <div class="row wrap">
      <${Button} kind="primary" icon="play" onclick=${() => run(choice)}>${words.run}<//>
      <${Button} onclick=${() => run('claude-haiku-4-5')} title=${words.haikuNote}>${words.haiku}${haiku && html`<span class="small muted cut">${haiku}</span>`}<//>
    </div>
    <div role="status" aria-live="polite"><${Answer} result=${result.value} /></div>
  </div><//>`;
}

function Answer({ result }) {
  if (result === null) return null;
  if (result.error) return html`<${Note} kind="bad">${prose(result.error)}<//>`;
  return html`<div class="stack tight">
    <div class="answer" tabindex="0" role="group" aria-label=${words.answer}>${result.text || html`<span class="muted">${words.waiting}</span>`}</div>
    ${result.done && html`<p class="small muted">${words.summary(result.model, result.first === null ? null : ms(result.first), ms(result.total), result.output === null ? null : number(result.output))}</p>`}
  </div>`;
}

const connect = texts.overview.connect;

const SHELLS = {
  bash: (name, value) => `export ${name}="${value}"`,
  fish: (name, value) => `set -x ${name} "${value}"`,
  powershell: (name, value) => `$env:${name} = "${value}"`,
};

export function ConnectCard() {
  const shell = useSignal(navigator.platform.startsWith('Win') ? 'powershell' : 'bash');
  const settings = usePoll('/api/settings');
  // The key itself is never shown: others may look at this screen.
  const key = accessKey() !== null || about.data.value?.apiKeySet ? connect.key : 'any';
  // Where this program judges auto mode's commands, Claude Code must ask it.
  const judges = settings.data.value?.settings?.autoModeCheck === 'model';
  const variables = [['ANTHROPIC_BASE_URL', baseUrl()], ['ANTHROPIC_AUTH_TOKEN', key], ...(judges ? [] : [['CLAUDE_CODE_AUTO_MODE_SERVER', '0']])];
  const text = [...variables.map(([name, value]) => SHELLS[shell.value](name, value)), 'claude'].join('\n');
  return html`<${Card} title=${connect.title} class="connect"><div class="stack">
    <p class="small muted">${connect.note}</p>
    <${Segments} name=${connect.shell} options=${Object.keys(SHELLS).map(id => [id, connect.shells[id]])} value=${shell.value} onchange=${id => { shell.value = id; }} />
    <${CodeBlock} text=${text} name=${connect.copy} />
    <p class="small"><a href=${href('claude')}>${connect.more}</a></p>
  </div><//>`;
}
