// Vercel's AI SDK in two majors, with each of its providers that can speak to the proxy.
import * as z from 'zod/v4';
import { options, serve } from './driver.mjs';

const { major, provider } = options;
const { generateText, streamText, tool, stepCountIs, isStepCount = stepCountIs, Output } = await import(`ai-${major}`);
const { createAnthropic } = await import(`@ai-sdk/anthropic-${major}`);
const { createOpenAI } = await import(`@ai-sdk/openai-${major}`);
const { createOpenAICompatible } = await import(`@ai-sdk/openai-compatible-${major}`);

const models = {
  anthropic: (settings, id) => createAnthropic(settings)(id),
  chat: (settings, id) => createOpenAI(settings).chat(id),
  responses: (settings, id) => createOpenAI(settings)(id),
  compatible: (settings, id) => createOpenAICompatible({ ...settings, name: 'proxy', supportsStructuredOutputs: true })(id),
};

const tools = {
  weather: tool({ description: 'How warm it is', inputSchema: z.object({ city: z.string() }), execute: ({ city }) => `18 degrees in ${city}` }),
};

const common = (task, abortSignal) => ({ model: models[provider]({ baseURL: `${task.url}/v1`, apiKey: 'any' }, task.model), maxRetries: 0, abortSignal });

async function whole(task, signal, more) {
  const { text, output } = await generateText({ ...common(task, signal), ...more });
  return more.output ? { object: output } : { text };
}

async function streamed(task, signal, more) {
  let text = '';
  let finished;
  for await (const part of streamText({ ...common(task, signal), ...more, onError() {} }).fullStream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'abort') throw new Error('given up');
    if (part.type === 'text-delta') text += part.text;
    if (part.type === 'finish') finished = part.finishReason;
  }
  if (finished !== 'stop') throw new Error(`The answer finished with ${finished}`);
  return { text };
}

const looped = { tools, stopWhen: isStepCount(4) };

serve({
  text: (task, signal) => whole(task, signal, { prompt: task.prompt }),
  stream: (task, signal) => streamed(task, signal, { prompt: task.prompt }),
  tools: (task, signal) => whole(task, signal, { prompt: task.prompt, ...looped }),
  streamTools: (task, signal) => streamed(task, signal, { prompt: task.prompt, ...looped }),
  image: (task, signal) => whole(task, signal, {
    messages: [{
      role: 'user',
      content: [{ type: 'text', text: task.prompt }, major < 7 ? { type: 'image', image: task.image, mediaType: 'image/png' } : { type: 'file', data: task.image, mediaType: 'image/png' }],
    }],
  }),
  object: (task, signal) => whole(task, signal, { prompt: task.prompt, output: Output.object({ schema: z.object({ city: z.string(), degrees: z.number() }) }) }),
});
