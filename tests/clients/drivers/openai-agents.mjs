// The OpenAI Agents SDK, with both of OpenAI's protocols.
import { Agent, OpenAIProvider, Runner, tool } from '@openai/agents';
import OpenAI from 'openai';
import * as z from 'zod/v4';
import { options, serve } from './driver.mjs';

const weather = tool({ name: 'weather', description: 'How warm it is', parameters: z.object({ city: z.string() }), execute: ({ city }) => `18 degrees in ${city}` });

function start(task, signal, { stream = false, input = task.prompt, ...agent } = {}) {
  const openAIClient = new OpenAI({ apiKey: 'any', baseURL: `${task.url}/v1`, maxRetries: 0 });
  const modelProvider = new OpenAIProvider({ openAIClient, useResponses: options.protocol === 'responses' });
  return new Runner({ modelProvider, tracingDisabled: true }).run(new Agent({ name: 'Canary', model: task.model, ...agent }), input, { stream, signal, maxTurns: 4 });
}

const whole = async (task, signal, more) => ({ text: (await start(task, signal, more)).finalOutput });

async function streamed(task, signal, more) {
  const run = await start(task, signal, { ...more, stream: true });
  for await (const _ of run);
  await run.completed;
  if (run.error) throw run.error;
  return { text: run.finalOutput };
}

serve({
  text: whole,
  stream: streamed,
  tools: (task, signal) => whole(task, signal, { tools: [weather] }),
  streamTools: (task, signal) => streamed(task, signal, { tools: [weather] }),
  image: (task, signal) => whole(task, signal, {
    input: [{ role: 'user', content: [{ type: 'input_text', text: task.prompt }, { type: 'input_image', image: `data:image/png;base64,${task.image}` }] }],
  }),
  object: async (task, signal) => ({ object: (await start(task, signal, { outputType: z.object({ city: z.string(), degrees: z.number() }) })).finalOutput }),
});
