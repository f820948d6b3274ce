// The Cline CLI, with a provider that takes an address.
import { options, serve } from '../../drivers/driver.mjs';
import { configure, events, failure, native, run } from './cli.mjs';

async function ask(task, signal) {
  const { provider } = options;
  configure(task, 'cline/settings/providers.json', {
    version: 1,
    lastUsedProvider: provider,
    modes: {},
    providers: {
      [provider]: {
        settings: { provider, apiKey: 'any', model: task.model, baseUrl: `${task.url}/v1` },
        updatedAt: '2026-11-20T00:00:00.000Z',
        tokenSource: 'manual',
      },
    },
  });
  // Without a data directory of its own it would leave a daemon running.
  const { output, errors } = await run(native('@cline/cli', 'bin', 'cline'), ['--data-dir', `${task.home}/cline`, '--retries', '1', '--json', task.prompt], task, signal);
  const all = events(output);
  const result = all.findLast(event => event.type === 'run_result');
  const error = all.findLast(event => event.type === 'error' || event.event?.type === 'error');
  if (result?.finishReason !== 'completed') throw failure(error?.message ?? error?.event?.error?.message ?? (errors || output));
  return { text: result.text };
}

serve({ ask });
