// What a program does with the OpenAI SDK: `node openai.mjs CASE URL` prints the outcome of one case as JSON.
import OpenAI from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import * as z from 'zod/v4';

const [, , name, url] = process.argv;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 });

const hello = { model: 'gpt-5.5', messages: [{ role: 'user', content: 'Hello there, canary' }] };
const ask = { model: 'gpt-5.5', input: 'Hello there, canary' };
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const title = z.object({ title: z.string() });

const cases = {
  chat: () => client.chat.completions.create(hello),

  async chatStream() {
    const chunks = [];
    for await (const chunk of await client.chat.completions.create({ ...hello, stream: true, stream_options: { include_usage: true } })) chunks.push(chunk);
    return chunks;
  },

  chatStreamHelper: () => client.chat.completions.stream({ ...hello, tools: [{ type: 'function', function: { name: 'weather', parameters } }] }).finalChatCompletion(),

  async chatTools() {
    const asked = [];
    const runner = client.chat.completions.runTools({
      ...hello,
      tools: [{ type: 'function', function: { name: 'weather', parameters, parse: JSON.parse, function: ({ city }) => (asked.push(city), `18 degrees in ${city}`) } }],
    });
    return { text: await runner.finalContent(), asked };
  },

  async chatParse() {
    const completion = await client.chat.completions.parse({ ...hello, response_format: zodResponseFormat(title, 'a title') });
    return completion.choices[0].message.parsed;
  },

  responses: () => client.responses.create(ask),

  async responsesText() {
    return (await client.responses.create(ask)).output_text;
  },

  async responsesStream() {
    const types = [];
    let text = '';
    for await (const event of await client.responses.create({ ...ask, stream: true })) {
      types.push(event.type);
      if (event.type === 'response.output_text.delta') text += event.delta;
    }
    return { types, text };
  },

  async responsesStreamHelper() {
    const stream = client.responses.stream({ ...ask, tools: [{ type: 'function', name: 'weather', parameters, strict: false }] });
    return (await stream.finalResponse()).output;
  },

  async responsesParse() {
    return (await client.responses.parse({ ...ask, text: { format: zodTextFormat(title, 'title') } })).output_parsed;
  },

  async responsesTools() {
    const tools = [{ type: 'function', name: 'weather', parameters, strict: false }];
    const first = await client.responses.create({ ...ask, tools });
    const call = first.output.find(item => item.type === 'function_call');
    const input = [{ role: 'user', content: ask.input }, ...first.output, { type: 'function_call_output', call_id: call.call_id, output: '18 degrees' }];
    return (await client.responses.create({ ...ask, tools, input })).output_text;
  },

  responsesStored: () => client.responses.create({ ...ask, previous_response_id: 'resp_1' }),

  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    return { ids, one: await client.models.retrieve('gpt-5.5') };
  },

  unknownModel: () => client.models.retrieve('gpt-nothing'),
};

try {
  console.log(JSON.stringify(await cases[name]()));
} catch (error) {
  const { constructor, status, code, param, type, requestID, message } = error;
  console.log(JSON.stringify({ error: constructor.name, status, code, param, type, requestID, message }));
}
