// Other clients: for each what to paste, and a real request in its protocol.
import { html, useEffect, useMemo, useSignal } from '../lib/ui.js';
import { accessKey } from '../lib/api.js';
import { ask } from '../lib/ask.js';
import { ms } from '../lib/format.js';
import { prose } from '../lib/identity.js';
import { about, baseUrl } from '../lib/program.js';
import { texts } from '../texts.js';
import { Icon } from '../components/icons.js';
import { Badge, Button, Card, CodeBlock, CopyButton } from '../components/parts.js';
import { RECIPES } from './claude-recipes.js';

const words = texts.claude.clients;

/** Until the program has told its models. */
const USUAL = 'gpt-6.1-sol';

export function ClientsCard({ models }) {
  const model = models.data.value?.lanes?.opus?.model ?? USUAL;
  // The key itself is never shown: others may look at this screen.
  const key = accessKey() !== null || about.data.value?.apiKeySet ? texts.overview.connect.key : null;
  return html`<${Card} title=${words.title}><div class="stack">
    <p class="muted">${words.text}</p>
    <ul class="clients">${RECIPES.map(recipe => html`<${Client} key=${recipe.id} ...${{ recipe, model, here: { url: baseUrl(), model, key } }} />`)}</ul>
  </div><//>`;
}

function Client({ recipe, model, here }) {
  return html`<li class="client stack">
    <div class="row"><h3>${recipe.name}</h3><${Badge}>${texts.overview.test[recipe.protocol]}<//></div>
    <p class="small muted">${recipe.place ? html`<span class="row"><code class="path">${recipe.place}</code><${CopyButton} text=${recipe.place} name=${words.copyPlace(recipe.name)} /></span>` : words.shell}</p>
    <${CodeBlock} text=${recipe.text(here)} name=${words.copy(recipe.name)} />
    ${recipe.start && html`<p class="small muted">${words.start} <code class="path">${recipe.start(model)}</code></p>`}
    ${here.key !== null && recipe.text(here).includes('PROXY_KEY') && html`<p class="small muted">${words.keyVariable}</p>`}
    <${TestNow} ...${{ recipe, model }} />
  </li>`;
}

function TestNow({ recipe: { name, protocol }, model }) {
  const result = useSignal(null);
  const abort = useMemo(() => new AbortController(), []);
  useEffect(() => () => abort.abort(), []);
  const run = async () => {
    result.value = null;
    try {
      const { first, total } = await ask(protocol, { model, text: words.question, signal: abort.signal });
      result.value = { text: words.works(first === null ? null : ms(first), ms(total)) };
    } catch (e) {
      if (e.name !== 'AbortError') result.value = { failed: true, text: e.message || texts.failed };
    }
  };
  return html`<div class="row wrap test-now">
    <${Button} kind="small" icon="play" onclick=${run} aria-label=${words.testOf(name)}>${words.test}<//>
    <span class="row small" role="status">${result.value && html`<span class=${result.value.failed ? 'bad' : 'ok'}><${Icon} name=${result.value.failed ? 'alert' : 'check'} size=${14} /></span>
      <span class=${result.value.failed ? 'bad' : 'muted'}>${prose(result.value.text)}</span>`}</span>
  </div>`;
}
