// LangChain's models for Anthropic and for OpenAI, the latter with both of OpenAI's protocols.
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import * as z from 'zod/v4';
import { options, serve } from './driver.mjs';

const models = {
  anthropic: ({ url, model }) => new ChatAnthropic({ model, apiKey: 'any', anthropicApiUrl: url, maxRetries: 0 }),
  chat: ({ url, model }) => new ChatOpenAI({ model, apiKey: 'any', configuration: { baseURL: `${url}/v1` }, maxRetries: 0, useResponsesApi: false }),
  responses: ({ url, model }) => new ChatOpenAI({ model, apiKey: 'any', configuration: { baseURL: `${url}/v1` }, maxRetries: 0, useResponsesApi: true }),
};

const model = task => models[options.provider](task);

const weather = tool(({ city }) => `18 degrees in ${city}`, { name: 'weather', description: 'How warm it is', schema: z.object({ city: z.string() }) });

async function collect(chunks) {
  let message;
  for await (const chunk of chunks) message = message ? message.concat(chunk) : chunk;
  return message;
}

const whole = (chat, messages, signal) => chat.invoke(messages, { signal });
const streamed = async (chat, messages, signal) => collect(await chat.stream(messages, { signal }));

async function loop(task, signal, ask) {
  const chat = model(task).bindTools([weather]);
  const messages = [new HumanMessage(task.prompt)];
  for (let step = 0; step < 4; step++) {
    const answer = await ask(chat, messages, signal);
    if (!answer.tool_calls.length) return { text: answer.text };
    messages.push(answer);
    for (const call of answer.tool_calls) messages.push(new ToolMessage({ content: await weather.invoke(call.args), tool_call_id: call.id }));
  }
}

serve({
  text: async (task, signal) => ({ text: (await whole(model(task), task.prompt, signal)).text }),
  stream: async (task, signal) => ({ text: (await streamed(model(task), task.prompt, signal)).text }),
  tools: (task, signal) => loop(task, signal, whole),
  streamTools: (task, signal) => loop(task, signal, streamed),
  async image(task, signal) {
    const contentBlocks = [{ type: 'text', text: task.prompt }, { type: 'image', mimeType: 'image/png', data: task.image }];
    return { text: (await whole(model(task), [new HumanMessage({ contentBlocks })], signal)).text };
  },
  object: async (task, signal) => ({ object: await model(task).withStructuredOutput(z.object({ city: z.string(), degrees: z.number() })).invoke(task.prompt, { signal }) }),
});
