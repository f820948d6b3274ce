// OpenClaw, as one run of its agent without a gateway.
import { options, serve } from '../../drivers/driver.mjs';
import { configure, run, script } from './cli.mjs';

async function ask(task, signal) {
  const config = configure(task, 'openclaw.json', {
    models: {
      mode: 'merge',
      providers: {
        proxy: {
          baseUrl: options.api === 'anthropic-messages' ? task.url : `${task.url}/v1`,
          apiKey: 'any',
          api: options.api,
          models: [{ id: task.model, name: task.model, reasoning: true, input: ['text', 'image'], contextWindow: 272000, maxTokens: 64000, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } }],
        },
      },
    },
  });
  const { output, errors } = await run(script('openclaw', 'openclaw'),
    ['agent', 'exec', task.prompt, '--json', '--config', config, '--model', `proxy/${task.model}`, '--cwd', task.project, '--timeout', '120'], task, signal);
  const start = output.search(/^\{/m);
  const result = start < 0 ? undefined : JSON.parse(output.slice(start));
  if (!result?.ok) throw new Error(result?.error?.message ?? result?.final ?? errors);
  return { text: result.final };
}

serve({ ask });
