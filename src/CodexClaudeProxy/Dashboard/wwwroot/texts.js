// Every word of the page. Sentences that the program itself says (reasons, failures) come from the program.

export const texts = {
  product: 'codex-claude-proxy',
  skip: 'Skip to content',
  loading: 'Loading',
  copied: 'Copied',
  notCopied: 'The browser did not allow copying. Select the text and copy it by hand.',
  failed: 'This could not be loaded',

  shortPlaces: { claude: 'Claude', settings: 'Settings' },
  places: { overview: 'Overview', accounts: 'Accounts', requests: 'Requests', claude: 'Claude Code', settings: 'Settings & logs' },
  placesName: 'Places',
  title: place => `${place} · codex-claude-proxy`,

  actions: {
    cancel: 'Cancel', close: 'Close', copy: 'Copy', dismiss: 'Dismiss', retry: 'Try again', refresh: 'Refresh', more: 'Show more', clear: 'Clear filters',
    save: 'Save', undo: 'Undo',
  },

  api: {
    unreachable: 'The program does not answer. Is it still running?',
    status: code => `The program answered with status ${code}.`,
  },

  unavailable: { title: 'Not available', text: 'This version of the program does not tell that.' },

  time: { now: 'now', justNow: 'just now', in: span => `in ${span}`, ago: span => `${span} ago` },

  state: {
    connecting: 'Connecting', offline: 'Offline', empty: 'No account', login: 'Needs sign-in', waiting: 'Waiting', online: 'Online',
    name: state => `State: ${state}`,
  },

  theme: { name: 'Theme', system: 'System', light: 'Light', dark: 'Dark', change: (now, next) => `Theme: ${now}. Change to ${next}` },

  mask: {
    on: 'Show identities', off: 'Mask identities',
    account: n => `Account ${n}`, project: n => `Project ${n}`, session: n => `Session ${n}`, conversation: n => `Conversation ${n}`,
  },

  key: {
    title: 'Access key', text: 'This proxy has an access key. It is the value of --api-key or CCP_API_KEY, and is kept until you close this tab.',
    label: 'Key', open: 'Continue', wrong: 'That key was not accepted.',
  },

  account: {
    states: {
      ready: 'Ready', 'already-tried': 'Ready', disabled: 'Disabled', 'needs-sign-in': 'Needs sign-in', exhausted: 'Used up', reserved: 'Reserved', 'cooling-down': 'Resting',
    },
    next: 'Next', active: 'Active', until: 'until',
    noWindows: 'No quota known yet. It comes with the first answer, or with a refresh.',
    credits: balance => `Credits ${balance}`, unlimited: 'Unlimited credits',
  },

  window: {
    names: { '5h': '5 hours', '7d': '7 days' },
    left: text => `${text} left`,
    used: text => `${text} used`,
    resets: 'Resets',
    unknownReset: 'Reset unknown',
    due: 'Reset due now',
    exhausted: 'Used up',
    expected: text => `Even spending would be at ${text}`,
    name: (window, used, expected) => `${window}: ${used} used${expected ? `, even spending would be at ${expected}` : ''}`,
    paceIdle: 'Nothing spent lately.',
    paceLasts: atReset => `At this pace ${atReset} is used at the reset.`,
    paceEnds: at => `At this pace it lasts until ${at}.`, paceShort: span => `That is ${span} before the reset.`,
    paceUnknown: 'Pace not known yet.',
  },

  overview: {
    status: {
      name: 'Status', working: 'Working.', next: 'New conversations go to', because: reason => ` — ${reason}.`,
      waiting: 'Waiting.', release: (at, span) => `No account can serve now. The first is free again at ${at}, in ${span}.`, releaseNow: 'An account should be free again now.',
      login: 'Sign-in needed.', empty: 'Not signed in yet.', offline: 'Offline.', connecting: 'Connecting …',
      more: {
        login: 'No account has a valid login any more.', empty: 'Add a ChatGPT account and this proxy can serve.', offline: 'The program does not answer. Is it still running?', connecting: '',
      },
      action: { login: 'Sign in again', empty: 'Add an account' },
      exception: (model, account) => `${model} goes to ${account}.`, nobody: 'nobody at the moment',
      strategy: name => ({
        sticky: 'Each conversation stays on its account; new ones go to the active account.',
        'round-robin': 'Each conversation stays on its account; new ones go to one account after the other.',
        'most-remaining': 'Each conversation stays on its account; new ones go where most is left.',
        'soonest-reset': 'Each conversation stays on its account; new ones go where the quota is renewed first.',
      })[name] ?? '',
    },
    accounts: {
      title: 'Accounts', manage: 'Manage', none: 'No accounts yet', noneText: 'Sign in with a ChatGPT account, or take over the login of the Codex app.', add: 'Add an account',
      clock: (model, state, until) => `${model}: ${state.toLowerCase()} until ${until}.`,
    },
    usage: {
      title: 'Usage', range: 'Period', ranges: { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' },
      parts: { fresh: 'Fresh', cached: 'Cached', output: 'Output' }, failed: 'Failed', asTable: 'As a table', time: 'Time',
      tiles: {
        requests: 'Requests', failed: 'Failed', cache: 'Cache hit', cacheNote: 'of input tokens', output: 'Output tokens', first: 'First token', p95: text => `p95 ${text}`,
        change: percent => `${percent} % to before`,
      },
      none: 'No requests in this period', noneText: 'They appear here as soon as a client has asked something.',
    },
    requests: { title: 'Last requests', all: 'All requests', none: 'No requests yet', noneText: 'Try the quick test, or point Claude Code here.' },
    test: {
      title: 'Quick test', note: 'Sends a real request. It counts against the quota of the account that serves it.', prompt: 'Prompt', hello: 'Say hello', model: 'Model', route: 'Protocol',
      messages: 'Messages', chat: 'Chat Completions', run: 'Test', haiku: 'Test haiku', haikuNote: 'Asks for claude-haiku-4-5', waiting: 'Waiting for the answer …',
      summary: (model, first, total, output) => [model, first && `first token ${first}`, `total ${total}`, output && `${output} output tokens`].filter(Boolean).join(' · '),
    },
    connect: {
      title: 'Claude Code', note: 'Paste this into a terminal. It counts for that terminal only and changes no file.', shell: 'Shell',
      shells: { bash: 'bash, zsh', fish: 'fish', powershell: 'PowerShell' }, key: 'your-access-key', copy: 'Copy the commands', more: 'Set it up for good, with a preview of every change',
    },
  },

  requests: {
    title: 'Requests', live: 'Live', paused: 'Paused', pause: 'Pause', resume: 'Resume', resumeWith: n => `Resume (${n} new)`, reconnecting: 'Reconnecting',
    search: 'Search models, sessions, projects, errors', all: 'All', allAccounts: 'All accounts', removeFilter: name => `Remove the filter ${name}`,
    filters: { model: 'Model', path: 'Path', conversation: 'Conversation', session: 'Session', from: 'From', to: 'To' },
    none: 'No requests yet', noneText: 'They appear here while they run. Try the quick test on the overview, or point Claude Code here.', tryOne: 'To the quick test',
    noMatch: 'Nothing matches', noMatchText: 'No request passes these filters.',
    storage: (rows, size, limit, oldest) => `${rows} requests kept in ${size} of at most ${limit}${oldest ? `, the oldest from ${oldest}` : ''}. Neither prompts nor answers are stored.`,
    open: (time, model) => `Request of ${time}, ${model}: open details`,
    columns: {
      received: 'Received', model: 'Model', client: 'Client', project: 'Project', account: 'Account', state: 'Result', input: 'Input', output: 'Output', first: 'First token', total: 'Total',
    },
    cached: share => `${share} cached`,
    outcomes: { ok: 'OK', failed: 'Failed', left: 'Client left', running: 'Running' },
    errors: {
      invalid_request_error: 'invalid request', authentication_error: 'sign-in', permission_error: 'not allowed', not_found_error: 'not found', request_too_large: 'too large',
      rate_limit_error: 'limit', overloaded_error: 'overloaded', timeout_error: 'timeout', api_error: 'error', billing_error: 'billing',
    },
    capture: {
      title: 'Record bodies', start: 'Record bodies', started: 'Bodies of new requests are recorded', stop: 'Stop and forget', stopped: 'Stopped; the recorded bodies are gone',
      on: (left, kept, size) => `Bodies are recorded for another ${left}: ${kept} kept, ${size}, in memory only.`,
      warning: 'Requests and answers hold what you and your programs wrote. They are kept in memory only, bounded in size, and are gone when you stop recording or the program ends.',
      minutes: 'For how long', minutesOf: n => `${n} minutes`,
    },
    drawer: {
      title: 'Request', copyId: 'Copy the request id', all: 'Show all', timeline: 'Time', usage: 'Tokens', summary: 'Summary', attempts: 'Attempts', decision: 'Why this account', bodies: 'Bodies',
      path: 'Path', model: 'Model asked for', upstream: 'Model used', route: 'Why', account: 'Account', client: 'Client', project: 'Project', session: 'Session', agent: 'Agent',
      conversation: 'Conversation', streamed: 'Streamed', yes: 'Yes', no: 'No', stop: 'Stop reason', searches: 'Web searches', error: 'Error', total: 'Total',
      stretches: {
        converted: 'Read and converted', sent: 'Account and token', headers: 'Backend accepts', firstEvent: 'Backend begins', firstToken: 'Until the first token', lastByte: 'Writing the answer',
      },
      held: text => `The beginning was held back for ${text}, so that a failure could still be a status.`, onlyTotal: text => `Took ${text}.`,
      noUsage: 'No tokens were counted.', estimated: 'Estimated: the backend did not tell.',
      tokens: { fresh: 'Fresh input', cached: 'Cached input', written: 'Written to cache', output: 'Output', reasoning: 'of it reasoning' },
      nobody: 'Nobody', served: 'Served', failedAttempt: 'Failed', attemptTime: (start, duration) => `after ${start}, took ${duration}`, noAttempts: 'It was answered without asking the backend.',
      candidates: 'Candidates', state: 'State', left: 'Left', renews: 'Renews',
      notRecorded: 'Not recorded. Bodies are only kept while you record them, and this request was not among those.',
      private: 'These are the words of whoever made the request.', showBodies: 'Show the bodies', noBody: 'There is none.', truncated: 'Too large to be kept whole: the end is missing.',
      copyBody: 'Copy the body', parts: { request: 'From the client', upstream: 'To the backend', answer: 'Answer' },
    },
  },
};
