// Qwen Code, with each protocol it speaks.
import { options, serve } from '../../drivers/driver.mjs';
import { configure, failure, run, script } from './cli.mjs';

async function result(task, signal, prompt, ...more) {
  const address = options.auth === 'anthropic' ? task.url : `${task.url}/v1`;
  configure(task, '.qwen/settings.json', {
    general: { enableAutoUpdate: false },
    privacy: { usageStatisticsEnabled: false },
    memory: { enableManagedAutoMemory: false, enableManagedAutoDream: false },
    security: { auth: { selectedType: options.auth } },
    modelProviders: {
      [options.auth]: [{ id: task.model, name: task.model, baseUrl: address, envKey: 'PROXY_KEY', generationConfig: { maxRetries: 0, contextWindowSize: 272000, modalities: { image: true } } }],
    },
  });
  const { output, errors } = await run(script('@qwen-code/qwen-code', 'qwen'), [prompt, '--yolo', '--output-format', 'json', '--auth-type', options.auth, '--model', task.model, ...more], task, signal, { PROXY_KEY: 'any' });
  const start = output.indexOf('[');
  const message = start < 0 ? undefined : JSON.parse(output.slice(start)).findLast(event => event.type === 'result');
  if (!message || message.is_error) throw failure(message?.error?.message ?? message?.result ?? errors);
  return message;
}

const text = async (...args) => ({ text: (await result(...args)).result });

serve({
  ask: (task, signal) => text(task, signal, task.prompt),
  image: (task, signal) => text(task, signal, `${task.prompt} @picture.png`),
  async object(task, signal) {
    const schema = { type: 'object', properties: { city: { type: 'string' }, degrees: { type: 'number' } }, required: ['city', 'degrees'] };
    const message = await result(task, signal, task.prompt, '--json-schema', JSON.stringify(schema));
    return { object: message.structured_result ?? message.structured_output ?? JSON.parse(message.result) };
  },
});
