// Takes the pictures of the dashboard for README.md, from a demo: everything in them is simulated.
//   node scripts/screenshots.mjs PROGRAM [CHROMIUM]
import { chromium } from '../tests/clients/node_modules/playwright-core/index.mjs';
import { startDemo } from './demo.mjs';

const [program, executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const images = new URL('../docs/images/', import.meta.url).pathname;
const { process: demo, url } = await startDemo(program);

/** One turn, so that there is something to see. */
async function ask(model, text, session) {
  const answer = await fetch(`${url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-claude-code-session-id': session },
    body: JSON.stringify({ model, max_tokens: 1000, stream: true, messages: [{ role: 'user', content: text }] }),
  });
  await answer.text();
}

const turns = [
  ['claude-opus-5-5', 'Hello'], ['claude-haiku-4-5', 'A title for this conversation'], ['claude-opus-5-5', 'What is a quota window?'],
  ['claude-sonnet-4-6', 'Explain this function'], ['claude-opus-5-5', 'simulate a limit'], ['claude-opus-5-5', 'And now?'],
];
for (const [index, [model, text]] of turns.entries()) await ask(model, text, `00000000-0000-4000-8000-00000000000${index % 3}`);

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'] });
for (const colorScheme of ['light', 'dark']) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
  await page.goto(`${url}/`);
  // The figures come after the page, and the chart after them.
  await page.getByText('Output tokens').waitFor();
  await page.waitForTimeout(1000);
  await page.screenshot({ path: `${images}dashboard-${colorScheme}.png` });
  await page.close();
}

await browser.close();
demo.kill();
