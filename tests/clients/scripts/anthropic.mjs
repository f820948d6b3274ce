// What a program does with the Anthropic SDK: `node anthropic.mjs CASE URL` prints the outcome of one case as JSON.
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import * as z from 'zod/v4';

const [, , name, baseURL] = process.argv;
const client = new Anthropic({ baseURL, apiKey: 'any', maxRetries: 0 });

const hello = { model: 'gpt-5.5', max_tokens: 1000, messages: [{ role: 'user', content: 'Hello there, canary' }] };
const weather = {
  name: 'weather',
  description: 'Tells the weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const cases = {
  create: () => client.messages.create(hello),

  async stream() {
    const events = [];
    const stream = client.messages.stream(hello).on('streamEvent', event => events.push(event.type));
    let text = '';
    stream.on('text', piece => (text += piece));
    return { message: await stream.finalMessage(), text, events, requestId: stream.request_id };
  },

  async toolStream() {
    const pieces = [];
    const stream = client.messages.stream({ ...hello, tools: [weather], tool_choice: { type: 'any' } });
    stream.on('inputJson', piece => pieces.push(piece));
    return { message: await stream.finalMessage(), pieces };
  },

  async thinking() {
    const thinking = { type: 'adaptive' };
    const first = await client.messages.stream({ ...hello, thinking }).finalMessage();
    const messages = [...hello.messages, { role: 'assistant', content: first.content }, { role: 'user', content: 'Go on' }];
    return { first, second: await client.messages.create({ ...hello, thinking, messages }) };
  },

  countTokens: () => client.messages.countTokens({ model: hello.model, messages: hello.messages, tools: [weather] }),

  async models() {
    const ids = [];
    for await (const model of client.models.list({ limit: 2 })) ids.push(model.id);
    return { ids, one: await client.models.retrieve('gpt-5.5') };
  },

  unknownModel: () => client.models.retrieve('gpt-nothing'),

  async parse() {
    const format = zodOutputFormat(z.object({ colour: z.enum(['red', 'green']), count: z.number().int().min(1) }));
    const message = await client.messages.parse({ ...hello, output_config: { format } });
    return message.parsed_output;
  },

  async toolRunner() {
    const cities = [];
    const tool = betaZodTool({
      name: 'weather',
      description: 'Tells the weather',
      inputSchema: z.object({ city: z.string() }),
      run: ({ city }) => {
        cities.push(city);
        return `It rains in ${city}`;
      },
    });
    const message = await client.beta.messages.toolRunner({ ...hello, tools: [tool] }).runUntilDone();
    return { cities, message };
  },

  async contextEditing() {
    const uses = [1, 2, 3, 4, 5].flatMap(i => [
      { role: 'assistant', content: [{ type: 'tool_use', id: `call_${i}`, name: 'weather', input: { city: `City ${i}` } }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: `call_${i}`, content: `It rains in City ${i}.`.repeat(20) }] },
    ]);
    const edit = { type: 'clear_tool_uses_20250919', trigger: { type: 'input_tokens', value: 500 }, clear_tool_inputs: ['weather'] };
    const counted = {
      model: hello.model,
      messages: [...hello.messages, ...uses],
      tools: [weather],
      betas: ['context-management-2025-06-27'],
      context_management: { edits: [edit] },
    };
    const request = { ...counted, max_tokens: 1000 };
    return {
      message: await client.beta.messages.create(request),
      streamed: await client.beta.messages.stream(request).finalMessage(),
      count: await client.beta.messages.countTokens(counted),
    };
  },

  stopSequence: () => client.messages.create({ ...hello, stop_sequences: ['STOP'] }),

  stopSequenceStream: () => client.messages.stream({ ...hello, stop_sequences: ['STOP'] }).finalMessage(),

  maxTokens: () => client.messages.create({ ...hello, max_tokens: 5 }),

  invalid: () => client.messages.create({ ...hello, messages: [] }),

  failingStream: () => client.messages.stream(hello).finalMessage(),
};

function described(error) {
  if (!(error instanceof Anthropic.APIError)) throw error;
  const { status, type, requestID, errorCode, apiMessage } = error;
  return { error: error.constructor.name, status, type, requestID, errorCode, message: apiMessage };
}

console.log(JSON.stringify(await cases[name]().catch(described)));
