// What other clients need so that they come here. The same as in docs/CLIENTS.md, which a test compares.

const json = value => `${JSON.stringify(value, null, 2)}\n`;

/** The window of the models, which a client cannot ask for. */
const CONTEXT = 272_000;
const OUTPUT = 64_000;

/**
 * id, what people call it, the protocol it speaks, where the text belongs (null: into the shell), and the text.
 * @type {Array<{ id: string, name: string, protocol: 'messages' | 'chat' | 'responses', place: string | null, start?: (model: string) => string, text: (here: { url: string, model: string, key: string | null }) => string }>}
 */
export const RECIPES = [
  {
    id: 'codex', name: 'Codex CLI', protocol: 'responses', place: '~/.codex/config.toml',
    text: ({ url, model, key }) => `model = "${model}"
model_provider = "other"

[model_providers.other]
name = "Other"
base_url = "${url}/v1"
wire_api = "responses"
${key === null ? '' : 'env_key = "PROXY_KEY"\n'}`,
  },
  {
    id: 'opencode', name: 'opencode', protocol: 'messages', place: '~/.config/opencode/opencode.json', start: model => `opencode run --model proxy/${model}`,
    text: ({ url, model, key }) => json({ provider: { proxy: {
      npm: '@ai-sdk/anthropic', options: { baseURL: `${url}/v1`, apiKey: key ?? 'any' },
      models: { [model]: { reasoning: true, attachment: true, tool_call: true, modalities: { input: ['text', 'image'], output: ['text'] }, limit: { context: CONTEXT, output: OUTPUT } } },
    } } }),
  },
  {
    id: 'pi', name: 'pi', protocol: 'messages', place: '~/.pi/agent/models.json', start: model => `pi --provider proxy --model ${model}`,
    text: ({ url, model, key }) => json({ providers: { proxy: {
      baseUrl: url, apiKey: key ?? 'any', api: 'anthropic-messages',
      models: [{ id: model, reasoning: true, input: ['text', 'image'], contextWindow: CONTEXT, maxTokens: OUTPUT, cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 } }],
    } } }),
  },
  {
    id: 'continue', name: 'Continue', protocol: 'messages', place: '~/.continue/config.yaml',
    text: ({ url, model, key }) => `name: proxy
version: 1.0.0
schema: v1
models:
  - name: proxy
    provider: anthropic
    model: ${model}
    apiBase: ${url}/v1/
    apiKey: ${key ?? 'any'}
    capabilities: [tool_use, image_input]
    roles: [chat]
`,
  },
  {
    id: 'qwen', name: 'Qwen Code', protocol: 'messages', place: '~/.qwen/settings.json', start: model => `PROXY_KEY=any qwen --auth-type anthropic --model ${model}`,
    text: ({ url, model }) => json({
      security: { auth: { selectedType: 'anthropic' } },
      modelProviders: { anthropic: [{ id: model, name: model, baseUrl: url, envKey: 'PROXY_KEY', generationConfig: { contextWindowSize: CONTEXT, modalities: { image: true } } }] },
    }),
  },
  {
    id: 'anthropic', name: 'Anthropic SDKs', protocol: 'messages', place: null,
    text: ({ url, key }) => `export ANTHROPIC_BASE_URL="${url}"\nexport ANTHROPIC_API_KEY="${key ?? 'any'}"\n`,
  },
  {
    id: 'openai', name: 'OpenAI SDKs', protocol: 'chat', place: null,
    text: ({ url, key }) => `export OPENAI_BASE_URL="${url}/v1"\nexport OPENAI_API_KEY="${key ?? 'any'}"\n`,
  },
];
