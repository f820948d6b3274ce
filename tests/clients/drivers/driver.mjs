// How the tests talk to a client: a line of JSON for each task on the standard input, a line of JSON with its outcome on the standard output.
//
//   { do: 'text', url, model, prompt, image, home, project }   ->   { text } | { object } | { models } | { error: { name, message, status } }
//   { do: 'cancel' }                                                gives the running task up, and has no outcome of its own
//
// A driver has an action for everything its client can do: text, stream, tools, streamTools, image, object, models. Where a client
// has one way for several of them, `ask` is that way.
import { createInterface } from 'node:readline';

/** How this driver shall use its client, from the list of clients. */
export const options = JSON.parse(process.argv[2] ?? '{}');

// Only outcomes belong on the standard output.
console.log = console.info = console.error;
process.on('unhandledRejection', reason => console.error('unhandled', reason));

export function serve(actions) {
  let running;
  createInterface({ input: process.stdin }).on('line', line => {
    const task = JSON.parse(line);
    if (task.do === 'cancel') {
      running.abort();
      return;
    }
    running = new AbortController();
    perform(actions[task.do] ?? actions.ask, task, running.signal);
  }).on('close', () => process.exit());
}

async function perform(action, task, signal) {
  let outcome;
  try {
    outcome = await action(task, signal);
  } catch (failure) {
    console.error(failure);
    outcome = { error: describe(failure) };
  }
  process.stdout.write(JSON.stringify(outcome) + '\n');
}

function describe(failure) {
  const { name, message = String(failure), status, statusCode } = failure ?? {};
  return { name, message, status: status ?? statusCode };
}
