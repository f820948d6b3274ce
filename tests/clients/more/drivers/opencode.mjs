// opencode, with each provider package that can speak to the proxy.
import { options, serve } from '../../drivers/driver.mjs';
import { configure, events, failure, native, run } from './cli.mjs';

async function ask(task, signal, ...more) {
  configure(task, '.config/opencode/opencode.json', {
    autoupdate: false,
    share: 'disabled',
    permission: 'allow',
    provider: {
      proxy: {
        npm: options.npm,
        options: { baseURL: `${task.url}/v1`, apiKey: 'any' },
        models: { [task.model]: { reasoning: true, attachment: true, tool_call: true, modalities: { input: ['text', 'image'], output: ['text'] }, limit: { context: 272000, output: 64000 } } },
      },
    },
  });
  const { code, output, errors } = await run(native('opencode', 'bin', 'opencode'), ['run', '--format', 'json', '--model', `proxy/${task.model}`, task.prompt, ...more], task, signal,
    { OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1' });
  const all = events(output);
  const error = all.find(event => event.type === 'error')?.error;
  if (error) throw failure(error.data?.message ?? error.name, error.data?.statusCode);
  if (code !== 0) throw new Error(errors);
  return { text: all.filter(event => event.type === 'text').map(event => event.part.text).join('') };
}

serve({ ask, image: (task, signal) => ask(task, signal, '--file', 'picture.png') });
