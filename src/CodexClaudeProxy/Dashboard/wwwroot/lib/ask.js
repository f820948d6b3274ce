// Asks a model with a stream, as the real clients do, in each of the protocols that are spoken here.
import { call } from './api.js';
import { frames } from './feed.js';
import { texts } from '../texts.js';

/** How a question is put, and where the answer's text and its count of tokens are in an event. */
const PROTOCOLS = {
  messages: {
    path: '/v1/messages', body: text => ({ max_tokens: 1000, messages: [{ role: 'user', content: text }] }),
    piece: event => event?.delta?.text, output: event => event?.usage?.output_tokens,
  },
  chat: {
    path: '/v1/chat/completions', body: text => ({ messages: [{ role: 'user', content: text }], stream_options: { include_usage: true } }),
    piece: event => event?.choices?.[0]?.delta?.content, output: event => event?.usage?.completion_tokens,
  },
  responses: {
    path: '/v1/responses', body: text => ({ input: [{ role: 'user', content: text }] }),
    piece: event => (event?.type === 'response.output_text.delta' ? event.delta : null), output: event => event?.response?.usage?.output_tokens,
  },
};

/**
 * @param {string} protocol 'messages', 'chat' or 'responses'
 * @param {{ model: string, text: string, signal?: AbortSignal, onpiece?: (answer: any) => void }} question onpiece is told the answer so far
 * @returns {Promise<{ text: string, model: string, first: number | null, output: number | null, total: number }>} times in milliseconds, null where there was no text or no count
 * @throws {Error} with what the program or the browser says
 */
export async function ask(protocol, { model, text, signal, onpiece = () => {} }) {
  const { path, body, piece, output } = PROTOCOLS[protocol];
  const began = performance.now();
  const answer = { text: '', model, first: null, output: null, total: 0 };
  onpiece({ ...answer });
  const response = await call(path, { method: 'POST', signal, headers: { accept: 'text/event-stream' }, body: { model, stream: true, ...body(text) } });
  if (!response.ok) {
    const refusal = await response.json().catch(() => null);
    throw new Error(refusal?.error?.message ?? texts.api.status(response.status));
  }

  for await (const { data } of frames(response.body)) {
    const failure = data?.error ?? data?.response?.error;
    if (failure) throw new Error(failure.message ?? texts.failed);
    answer.output = output(data) ?? answer.output;
    const more = piece(data);
    if (!more) continue;
    answer.first ??= performance.now() - began;
    answer.text += more;
    onpiece({ ...answer });
  }

  return { ...answer, total: performance.now() - began };
}
