// The coding agent pi, with each protocol of its models.
import { options, serve } from '../../drivers/driver.mjs';
import { configure, events, run, script } from './cli.mjs';

async function ask(task, signal, ...more) {
  configure(task, '.pi/agent/models.json', {
    providers: {
      proxy: {
        baseUrl: options.api === 'anthropic-messages' ? task.url : `${task.url}/v1`,
        apiKey: 'any',
        api: options.api,
        models: [{ id: task.model, reasoning: true, input: ['text', 'image'], contextWindow: 272000, maxTokens: 64000, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } }],
      },
    },
  });
  configure(task, '.pi/agent/settings.json', { retry: { enabled: false } });
  const { output, errors } = await run(script('@earendil-works/pi-coding-agent', 'pi'),
    ['--print', '--mode', 'json', '--no-session', '--provider', 'proxy', '--model', task.model, ...more, task.prompt], task, signal, { PI_OFFLINE: '1' });
  const last = events(output).findLast(event => event.type === 'message_end' && event.message.role === 'assistant')?.message;
  if (!last || last.errorMessage) throw new Error(last?.errorMessage ?? errors);
  return { text: last.content.filter(part => part.type === 'text').map(part => part.text).join('') };
}

serve({ ask, image: (task, signal) => ask(task, signal, '@picture.png') });
