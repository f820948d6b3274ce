// The Claude Agent SDK, which runs Claude Code as its engine.
import { createSdkMcpServer, query, tool } from '@anthropic-ai/claude-agent-sdk';
import * as z from 'zod/v4';
import { serve } from './driver.mjs';

const weather = () => createSdkMcpServer({
  name: 'weather',
  tools: [tool('weather', 'How warm it is', { city: z.string() }, async ({ city }) => ({ content: [{ type: 'text', text: `18 degrees in ${city}` }] }))],
});

function start(task, signal, { prompt = task.prompt, ...more } = {}) {
  const abortController = new AbortController();
  signal.addEventListener('abort', () => abortController.abort());
  return query({
    prompt,
    options: {
      model: task.model,
      cwd: task.project,
      abortController,
      settingSources: [],
      permissionMode: 'bypassPermissions',
      allowDangerouslySkipPermissions: true,
      env: {
        PATH: process.env.PATH,
        HOME: task.home,
        ANTHROPIC_BASE_URL: task.url,
        ANTHROPIC_AUTH_TOKEN: 'any',
        CLAUDE_CODE_MAX_RETRIES: '0',
        CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
        DISABLE_AUTOUPDATER: '1',
        IS_SANDBOX: '1',
      },
      ...more,
    },
  });
}

async function result(task, signal, more) {
  for await (const message of start(task, signal, more)) {
    if (message.type !== 'result') continue;
    if (message.is_error) throw Object.assign(new Error(message.result ?? message.errors?.join('\n')), { status: message.api_error_status });
    return message;
  }
  throw new Error('There was no result.');
}

const text = async (task, signal, more) => ({ text: (await result(task, signal, more)).result });

async function* one(content) {
  yield { type: 'user', message: { role: 'user', content }, parent_tool_use_id: null };
}

serve({
  ask: (task, signal) => text(task, signal),
  streamTools: (task, signal) => text(task, signal, { mcpServers: { weather: weather() } }),
  image: (task, signal) => text(task, signal, {
    prompt: one([{ type: 'text', text: task.prompt }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: task.image } }]),
  }),
  async object(task, signal) {
    // Claude Code knows no newer draft.
    const schema = z.toJSONSchema(z.object({ city: z.string(), degrees: z.number() }), { target: 'draft-7' });
    return { object: (await result(task, signal, { outputFormat: { type: 'json_schema', schema } })).structured_output };
  },
  async models(task, signal) {
    const session = start(task, signal, { prompt: (async function* () { await new Promise(() => {}); })() });
    const models = (await session.supportedModels()).map(model => model.value);
    await session.return();
    return { models };
  },
});
