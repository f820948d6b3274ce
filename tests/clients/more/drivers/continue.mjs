// The Continue CLI.
import { options, serve } from '../../drivers/driver.mjs';
import { configure, run, script } from './cli.mjs';

async function ask(task, signal) {
  // By the model's name it chooses the protocol: Responses for OpenAI's own.
  const model = options.model ?? task.model;
  const config = configure(task, '.continue/config.yaml', `
name: proxy
version: 1.0.0
schema: v1
models:
  - name: proxy
    provider: ${options.provider}
    model: ${model}
    apiBase: ${task.url}/v1/
    apiKey: any
    capabilities: [tool_use, image_input]
    roles: [chat]
`);
  const { code, output, errors } = await run(script('@continuedev/cli', 'cn'), ['--config', config, '--auto', '--print', task.prompt], task, signal,
    { CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_ALLOW_ANONYMOUS_TELEMETRY: '0' });
  if (code !== 0) throw new Error(errors + output);
  return { text: output };
}

serve({ ask });
