// Mastra's agents, with its own model router or a provider of the AI SDK.
import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import * as z from 'zod/v4';
import { options, serve } from '../../drivers/driver.mjs';

const models = {
  router: (url, id) => ({ id: `proxy/${id}`, url, apiKey: 'any' }),
  responses: (url, id) => createOpenAI({ baseURL: url, apiKey: 'any' })(id),
};

const weather = createTool({
  id: 'weather', description: 'How warm it is', inputSchema: z.object({ city: z.string() }), outputSchema: z.object({ answer: z.string() }),
  execute: async ({ city }) => ({ answer: `18 degrees in ${city}` }),
});

const agent = (task, tools = {}) => new Agent({ id: 'canary', name: 'Canary', instructions: 'Be kind.', model: models[options.model](`${task.url}/v1`, task.model), tools, maxRetries: 0 });

const settings = signal => ({ abortSignal: signal, maxSteps: 4, modelSettings: { maxRetries: 0 } });

async function whole(task, signal, { tools, input = task.prompt, ...more } = {}) {
  const output = await agent(task, tools).generate(input, { ...settings(signal), ...more });
  if (output.error) throw output.error;
  return more.structuredOutput ? { object: output.object } : { text: output.text };
}

async function streamed(task, signal, { tools } = {}) {
  const output = await agent(task, tools).stream(task.prompt, settings(signal));
  let text = '';
  for await (const chunk of output.fullStream) {
    if (chunk.type === 'error') throw chunk.payload.error;
    if (chunk.type === 'abort') throw new Error('given up');
    if (chunk.type === 'text-delta') text += chunk.payload.text;
  }
  return { text };
}

serve({
  text: whole,
  stream: streamed,
  tools: (task, signal) => whole(task, signal, { tools: { weather } }),
  streamTools: (task, signal) => streamed(task, signal, { tools: { weather } }),
  image: (task, signal) => whole(task, signal, {
    input: [{ role: 'user', content: [{ type: 'text', text: task.prompt }, { type: 'image', image: `data:image/png;base64,${task.image}`, mimeType: 'image/png' }] }],
  }),
  object: (task, signal) => whole(task, signal, { structuredOutput: { schema: z.object({ city: z.string(), degrees: z.number() }) } }),
});
