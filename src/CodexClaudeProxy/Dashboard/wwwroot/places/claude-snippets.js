// What to paste into shells and editors, and the ways that need no pasting.
import { html } from '../lib/ui.js';
import { usePoll } from '../lib/feed.js';
import { param, setParams } from '../lib/router.js';
import { texts } from '../texts.js';
import { Card, CodeBlock, Loaded, Segments, Select } from '../components/parts.js';

/** @import { ClientSetupReport } from '../lib/answers' */

const words = texts.claude.snippets;

export function SnippetsCard() {
  const environment = usePoll('/claude/environment');
  return html`<${Card} title=${words.title}><${Loaded} of=${environment}>${(/** @type {ClientSetupReport} */ { snippets, variables }) => {
    const chosen = snippets.find(snippet => snippet.id === param('shell')) ?? snippets[0];
    const choice = {
      name: words.name, value: chosen.id, options: snippets.map(({ id, label }) => [id, words.short[id] ?? label]),
      onchange: id => setParams({ shell: id === snippets[0].id ? null : id }, { replace: true }),
    };
    return html`<div class="stack">
      <p class="muted">${words.text}</p>
      <div class="wide-choice"><${Segments} ...${choice} /></div>
      <div class="narrow-choice"><${Select} ...${choice} /></div>
      ${words.short[chosen.id] && html`<p class="small muted">${chosen.label}</p>`}
      <${CodeBlock} text=${chosen.text} name=${words.copy(chosen.label)} />
      <details><summary>${words.meaning}</summary>
        <dl class="meanings">${variables.map(({ name, value, why }) => html`<dt><code>${name}=${value}</code></dt><dd class="muted">${why}</dd>`)}</dl>
      </details>
    </div>`;
  }}<//><//>`;
}

export const RunCard = () => html`<${Card} title=${words.without}><div class="halves">
  <${Way} name=${words.run} text=${words.runText} command="codex-claude-proxy run -- claude" />
  <${Way} name=${words.statusline} text=${words.statuslineText} command="codex-claude-proxy statusline --install" />
</div><//>`;

const Way = ({ name, text, command }) => html`<div class="stack"><h3>${name}</h3><p class="muted">${text}</p><${CodeBlock} text=${command} name=${words.copy(name)} /></div>`;
