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
    save: 'Save', undo: 'Undo', remove: 'Remove',
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
      ready: 'Ready', 'already-tried': 'Ready', disabled: 'Disabled', 'needs-sign-in': 'Needs sign-in', exhausted: 'Used up', reserved: 'Reserved', 'cooling-down': 'Resting', 'lacks-model': 'Does not have it',
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
      waiting: 'Waiting.', release: (at, span) => `No account can serve now. The first is free again in ${span}, ${at}.`, releaseNow: 'An account should be free again now.',
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
      messages: 'Messages', chat: 'Chat Completions', run: 'Test', haiku: 'Test haiku', haikuNote: 'Asks for claude-haiku-4-5', answer: 'Answer', waiting: 'Waiting for the answer …',
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
    sideCalls: 'Kind', allKinds: 'All kinds',
    sides: { none: 'No side calls', any: 'Side calls', title: 'Side call: title', classifier: 'Side call: client’s classifier', check: 'Side call: check of tool calls', advisor: 'Side call: advisor' },
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
      checks: 'Check of the tool calls', sideCall: 'Side call', verdicts: { flagged: 'Flagged', not_flagged: 'Not flagged', left: 'Left to the client' },
      steps: {
        judged: 'A small model judged it.', remembered: 'Judged before, under the same words of the user.', covered: 'The client decides about such calls by itself.',
        doubtful: 'The model was unsure, or its answer did not fit together.', too_long: 'Too long to be judged as a whole.', no_context: 'The request said nothing to judge it by.',
        failed: 'The model could not be asked.', late: 'The model did not answer in time.',
      },
      path: 'Path', model: 'Model asked for', upstream: 'Model used', route: 'Why', account: 'Account', client: 'Client', project: 'Project', session: 'Session', agent: 'Agent',
      conversation: 'Conversation', streamed: 'Streamed', yes: 'Yes', no: 'No', stop: 'Stop reason', searches: 'Web searches', error: 'Error', total: 'Total',
      stretches: {
        converted: 'Read and converted', sent: 'Account and token', headers: 'Backend accepts', firstEvent: 'Backend begins', firstToken: 'Until the first token', lastByte: 'Writing the answer',
      },
      held: text => `The beginning was held back for ${text}, so that a failure could still be a status.`, onlyTotal: text => `Took ${text}.`,
      noUsage: 'No tokens were counted.', estimated: 'Estimated: the backend did not tell.',
      tokens: { fresh: 'Fresh input', cached: 'Cached input', written: 'Written to cache', output: 'Output', reasoning: 'of it reasoning' },
      nobody: 'Nobody', served: 'Served', failedAttempt: 'Failed', attemptTime: (start, duration) => `after ${start}, took ${duration}`, noAttempts: 'It was answered without asking the backend.',
      failures: {
        ContextOverflow: 'The conversation is longer than the model can read.', RequestTooLarge: 'The request is too large.', UsageLimit: 'The account is used up.', RateLimited: 'Too many requests at once.',
        QuotaSpent: 'The credits are spent.', PlanExcludesCodex: 'The plan does not include Codex.', Overloaded: 'The backend is overloaded.', ServerError: 'The backend failed.',
        TimedOut: 'The backend was silent for too long.', Unreachable: 'The backend could not be reached.', StreamEnded: 'The answer broke off.', Unauthorized: 'The token was refused.',
        SignInNeeded: 'The login is no longer valid.', EdgeBlocked: 'The request was blocked on its way.', Forbidden: 'The backend does not allow it.', ModelNotFound: 'The account does not have this model.',
        ReasoningUnreadable: 'The reasoning belongs to another account.', Policy: 'The backend refused the content.', InvalidRequest: 'The backend called the request invalid.', InvalidImage: 'An image was refused.',
        InvalidToolSchema: 'A tool schema was refused.', UnsupportedParameter: 'A parameter was refused.', Cancelled: 'The client went away.', InvalidToolArguments: 'A tool call could not be read.',
      },
      decisions: { GiveUp: 'That was told to the client.', Again: 'Tried again after a moment.', Renew: 'The token was renewed.', NextAccount: 'Moved on to the next account.', Adapt: 'Sent again without what was refused.' },
      candidates: 'Candidates', state: 'State', left: 'Left', renews: 'Renews',
      notRecorded: 'Not recorded. Bodies are only kept while you record them, and this request was not among those.',
      private: 'These are the words of whoever made the request.', showBodies: 'Show the bodies', noBody: 'There is none.', truncated: 'Too large to be kept whole: the end is missing.',
      copyBody: 'Copy the body', parts: { request: 'From the client', upstream: 'To the backend', answer: 'Answer' },
    },
  },

  history: {
    summary: (first, from, last, highest, at) => `From ${first} used (${from}) to ${last} now; highest ${highest} (${at})`,
    at: (when, used) => `${when}: ${used} used`,
    highest: used => `Highest ${used}`,
  },

  accounts: {
    count: n => (n === 1 ? '1 account' : `${n} accounts`),
    search: 'Search accounts', noMatch: 'No account matches', clearSearch: 'Clear search',
    add: 'Add account', refreshAll: 'Refresh all',
    empty: { title: 'No accounts yet', text: 'Sign in with a ChatGPT account, or take over the sign-in of the Codex CLI. Everything stays on this machine.', import: 'Import from Codex' },
    refreshed: { title: 'Tokens renewed', done: 'Renewed, and the quota with it.', none: 'No account has a token that could be renewed.' },
    exportHint: 'To take an account along to the Codex CLI: ', exportCommand: 'codex-claude-proxy accounts export <account> --output auth.json',
    switch: 'Make active', switchTo: name => `Make active: ${name}`, switched: answer => [answer.message, answer.note].filter(Boolean).join('. '),
    refreshOne: name => `Refresh token and quota of ${name}`, refreshedOne: answer => answer.message,
    edit: name => `Details of ${name}`, removeOne: name => `Remove ${name}`,
    enabled: name => `Use ${name}`, enabledNow: 'The account is used again', disabledNow: 'The account is left out from now on',
    signInAgain: 'Sign in again',
    why: {
      exhausted: at => (at ? `A quota window is used up until ${at}.` : 'A quota window is used up.'),
      'cooling-down': at => (at ? `A short rest after a fault, until ${at}.` : 'A short rest after a fault.'),
      reserved: () => 'What is left is kept for you, as you asked. Conversations that have begun go on.',
      'needs-sign-in': () => 'The sign-in is no longer valid. Nothing is sent with this account until you sign in again.',
    },
    clock: (model, state, until) => `${model}: ${state.toLowerCase()} until ${until}`,
    tokenValid: 'Token valid', tokenExpired: 'Token expired', tokenUntil: at => `Token valid until ${at}`,
    signsOut: at => (at ? `Signs out ${at} and cannot be renewed: sign in again before then.` : 'Its sign-in cannot be renewed: sign in again soon.'),
    priorityIs: n => `Priority ${n}`, reserveIs: n => `Keeps ${n} % for you`, imported: 'Shared with Codex', lastUsed: at => `Last used ${at}`, neverUsed: 'Not used yet',

    next: {
      title: 'Who serves next', strategy: 'Strategy', chosen: name => `Strategy: ${name}. It counts from the next conversation on.`,
      strategies: {
        sticky: { name: 'Sticky', text: 'New conversations go to the active account as long as it can serve. Best for the prompt cache, and you know who pays.' },
        'round-robin': { name: 'Round robin', text: 'Each new conversation goes to the next account. Accounts are used evenly.' },
        'most-remaining': { name: 'Most remaining', text: 'The account whose tightest window has most left serves. Runs dry last.' },
        'soonest-reset': { name: 'Soonest reset', text: 'The account whose quota is renewed first serves, so that little of it is lost.' },
      },
      forModel: 'New conversation with', noModels: 'No model is known yet.', notOffered: 'The model is not in this account’s list.', release: (at, span) => `The first account is free again in ${span}, ${at}.`,
      candidates: 'Accounts in their order', account: 'Account', state: 'State', left: 'Left', renews: 'Renewed', priority: 'Priority', detail: 'Why',
    },

    remove: {
      title: 'Remove account', action: 'Remove', text: name => `${name} and its tokens are deleted from this machine. Conversations go on with another account.`,
      revoke: 'Also sign out at OpenAI',
      revokeHint: 'Then the tokens are worthless, also in copies of them. Without it they stay valid until they expire.',
      revokeShared: 'This sign-in is shared with the Codex CLI. Signing out at OpenAI signs Codex out as well.',
    },

    adding: {
      title: 'Add account', titleAgain: name => `Sign in again as ${name}`, againText: 'Choose a way. Sign in with the same ChatGPT account; its settings here stay.',
      browser: {
        name: 'In the browser', text: 'A window opens for the sign-in. The usual way on this machine.', opening: 'Opening the sign-in page …',
        waiting: 'Waiting for the sign-in in the other window …', blocked: 'The browser blocked the window. Open the page with the button.',
        elsewhere: 'The window ended at an address that did not load?',
      },
      device: {
        name: 'On another device', text: 'Enter a short code on a phone or another computer.', explain: 'Open the address on any device and enter this code.',
        codeName: 'Code', copy: 'Copy code', open: address => `Open ${address}`, waiting: 'Waiting for the code to be entered …',
      },
      paste: {
        name: 'By pasting', text: 'For servers without a browser: sign in elsewhere, paste the last address.',
        explain: 'The browser may run anywhere. Its last address will not load there; that is as it should be.',
        first: 'Open this address and sign in.', second: 'Copy the address the browser ends at, all of it, and paste it here.',
        field: 'Address or code', missing: 'Paste the address the browser ended at, or the code in it.', finish: 'Finish sign-in',
      },
      import: {
        name: 'From the Codex CLI', text: 'Take over the sign-in that Codex has on this machine.',
        explain: 'Reads the auth.json of the Codex CLI on this machine.',
        sharing: 'Codex and this proxy then share one refresh token, and each one works only once. The proxy writes renewals back, but while both renew at the same moment, one of them is signed out. A sign-in of its own keeps the two apart.',
        action: 'Import', fresh: 'Sign in freshly instead',
      },
      starting: 'Starting …', openPage: 'Open the sign-in page', copyAddress: 'Copy address', otherWay: 'Another way', another: 'Add another',
      remaining: span => `Valid for another ${span}`,
      ended: { failed: 'The sign-in failed.', expired: 'The time for this sign-in is over.', cancelled: 'The sign-in was cancelled.' },
      added: name => `${name} was added.`, signedInAgain: name => `${name} was known already and is signed in again.`,
      otherAccount: name => `That is another account than ${name}, which still needs a sign-in.`,
    },

    drawer: {
      windows: 'Quota', history: 'How it filled up', noHistory: 'No samples yet. One is taken at each change.',
      preferences: 'Preferences', enabled: 'Use this account', saved: 'Saved', labelPlaceholder: 'None',
      fields: {
        label: { name: 'Label', hint: 'A name of your own, shown instead of the address.' },
        priority: { name: 'Priority', hint: 'Lower numbers serve first; −1000 to 1000.' },
        reserve: { name: 'Reserve in percent', hint: 'Below it no new conversation begins here; the rest is yours.' },
      },
      token: 'Sign-in', valid: 'Valid until', added: 'Added', lastUsed: 'Last used', source: 'Origin', ownSignIn: 'Signed in here',
      verify: 'Verify', verified: 'It works: the backend answered.', refresh: 'Refresh token', tokenHint: 'Tokens are renewed by themselves well before they expire.',
      raw: 'Exact numbers', window: 'Window', used: 'Used', left: 'Left', resetsAt: 'Resets at', fetched: at => (at ? `Fetched ${at}, local time.` : 'Not fetched yet.'),
      answer: 'The backend’s answer', copyAnswer: 'Copy the backend’s answer',
      remove: 'Remove', removeText: 'Deletes the account and its tokens from this machine.',
    },
  },

  claude: {
    config: {
      title: 'Claude Code’s settings',
      states: { here: 'Points here', other: 'Points elsewhere', direct: 'Anthropic directly', unreadable: 'Not readable' },
      sentence: {
        here: () => 'Claude Code uses this proxy. A session that is open keeps what it has; new ones take the settings.',
        other: url => `Claude Code uses ${url ?? 'another address'}, not this proxy.`,
        direct: () => 'No address is set, so Claude Code talks to Anthropic itself.',
        unreadable: () => 'The file cannot be read, so it is not touched.',
      },
      file: 'File', copyPath: 'Copy path', exists: 'State', notThere: 'Not there yet; it is created by the first change', program: 'Claude Code', version: v => `Version ${v}`, noProgram: 'Not found on the PATH', last: 'Last change here',
      actions: { proxy: 'Pointed here', direct: 'Pointed to Anthropic', set: 'Pointed to another address', restore: 'Undone' },
      point: 'Point Claude Code here', again: 'Apply again', direct: 'Use Anthropic directly', set: 'Another address', restore: 'Undo',
      where: (line, column) => `Line ${line}, column ${column}.`, untouched: 'Mend it by hand, then come back. Nothing is written to a file that cannot be read.',
      entries: 'Entries', name: 'Name', now: 'Now', recommended: 'Recommended', verdict: 'Comparison', unset: 'not set',
      same: 'As recommended', missing: 'Not set', extra: 'To be removed', differs: 'Differs', ours: 'set by us', oursHint: 'Undo puts back what was here before',
    },

    change: {
      titles: { proxy: 'Point Claude Code here', direct: 'Use Anthropic directly', set: 'Use another address', restore: 'Undo our changes' },
      texts: {
        proxy: 'Only the entries shown are touched; comments, order and everything else stay. A backup is made.',
        direct: 'Takes our entries out, so that Claude Code talks to Anthropic itself.',
        set: 'Sets the address and the key, and takes out what belongs to this proxy.',
        restore: 'Puts back what was there before our changes. What you have edited since stays as it is.',
      },
      preview: 'What will be written', incomplete: 'Fill in both fields to see it.', nothing: 'Nothing can be written.', unchanged: 'Nothing to change: the file is like that already.',
      kept: names => `Edited since, and therefore left alone: ${names}`,
      write: 'Write the file', written: (message, backup) => `${message}. Backup: ${backup}`,
      apiKeyOptional: 'API key (optional)', apiKeyOptionalHint: 'Without one, Claude Code signs in as it did before.',
      address: 'Address', addressExample: 'https://…', apiKey: 'API key',
      choices: { askPermission: 'Ask about each action', disableNonessentialTraffic: 'No nonessential traffic', setAside: 'Put aside what another provider left' },
      choiceHints: {
        askPermission: 'Sessions start in the classic asking mode instead of auto mode; Shift+Tab still changes it.',
        disableNonessentialTraffic: 'No telemetry, update checks and conversation titles. Claude Code then also has features switched off, and nothing to fall back on in auto mode.',
        setAside: 'It leads past this proxy or names models nobody has here. Undo brings it back.',
      },
      models: 'Choose the models', recommended: 'Recommended',
      lanes: { default: 'Session starts with', opus: 'opus', sonnet: 'sonnet', haiku: 'haiku', fable: 'fable' },
    },

    snippets: {
      title: 'For shells and editors', text: 'The same without touching any file: paste it where Claude Code is started.', name: 'Shell or editor', copy: label => `Copy ${label}`,
      short: { jetbrains: 'JetBrains', dotenv: '.env', settings: 'settings.json', vscode: 'VS Code', cmd: 'cmd' },
      meaning: 'What each of them does',
      without: 'Without pasting', run: 'Start it once', runText: 'Starts Claude Code with everything set, and touches no file. Other programs work as well.',
      statusline: 'Status line', statuslineText: 'Shows account, quota and cache hits in Claude Code’s own status bar. --uninstall takes it out again.',
    },

    models: {
      title: 'Models', text: 'What Claude Code’s names stand for right now.', builtIn: 'Built-in list', lanes: 'Lanes', lane: 'Name', model: 'Model', why: 'Why', fast: 'fast', kilo: 'Kilo', unknown: 'Unknown',
      mappings: 'Your own mappings', mappingsText: 'They win over everything else. A name may be a pattern with *; a model may carry an effort, such as -high.',
      name: 'Name or pattern', target: 'Stands for', nameExample: 'claude-3-*', targetExample: 'gpt-5-codex-high', add: 'Add mapping', incomplete: 'Both a name and a model are needed.',
      remove: name => `Remove the mapping of ${name}`, removed: name => `The mapping of ${name} is gone`,
      effort: 'Default effort', effortText: 'How hard models think where neither the request nor the model name says it. More effort takes longer and uses more quota.', effortDefault: 'Model decides', effortSaved: 'It counts from the next request on',
      kiloTitle: 'Free models for haiku', kiloOn: 'On', kiloOff: 'Off',
      kiloText: 'Claude Code uses haiku for small work such as titles. The Kilo gateway can do that with free models, so that it takes nothing of your quota.',
      kiloPrivacy: 'What haiku is asked then goes to Kilo and to whoever runs the model, not to OpenAI. Free models may learn from it. Nothing is sent there while this is off.',
      kiloNone: 'Off', kiloNoneText: 'haiku is a Codex model, as shown above.', kiloAuto: 'Auto (Free)', context: tokens => `${tokens} tokens of context`, noTools: 'no tools',
      kiloChosen: id => `haiku is now ${id}`, kiloStopped: 'haiku is a Codex model again',
    },
  },

  settings: {
    views: { settings: 'Settings', log: 'Log', health: 'Health', about: 'About' },

    form: {
      names: {
        accountStrategy: 'Choice of accounts', haikuKiloModel: 'Free model for haiku', modelMappings: 'Model mappings', defaultEffort: 'Default effort', lane: 'Request shape', search: 'Web search', searchModel: 'Model for searches', advisorModel: 'Model of the advisor',
        searchHistoryAsText: 'Earlier searches as text', imageUrls: 'Images by address', emulatePrefill: 'Continue begun answers', strictServerTools: 'Refuse unknown server tools', clearToolUses: 'Clear old tool results', holdSeconds: 'Hold back the beginning',
        holdUntilReset: 'Wait for a reset', logLevel: 'Log level', maskEmailsInLog: 'Mask addresses in the log', autoModeCheck: 'Auto mode check', timeZone: 'Time zone', rememberReasoning: 'Remember reasoning', rememberResponses: 'Remember answers', statistics: 'Statistics',
        statisticsLimitMb: 'Limit of the statistics in MB', metricsAccounts: 'Accounts in the metrics',
      },
      default: value => `Default: ${value}`, range: (min, max) => `${min} to ${max}`, unset: 'not set', on: 'on', off: 'off', entries: n => (n === 0 ? 'none' : n === 1 ? '1 entry' : `${n} entries`),
      saved: 'Saved', reset: name => `Back to the default: ${name}`, change: 'Change', changeThere: name => `Change: ${name}, in the place for Claude Code`,
    },

    log: {
      title: 'Log', search: 'Search the log', levels: 'Levels', names: { ERROR: 'Error', WARN: 'Warn', SUCCESS: 'Success', INFO: 'Info', DEBUG: 'Debug' },
      pause: 'Pause', resume: 'Go on', clear: 'Clear', clearHint: 'Clears this page only', none: 'Nothing logged yet', noMatch: 'No log entry matches', exception: 'Exception',
      live: 'Live', pausedNow: 'Paused', paused: n => `Paused, ${n} new`, states: { connecting: 'Connecting', waiting: 'Interrupted, trying again', missing: 'Not available' },
      count: (shown, found, all) => (shown < found ? `The newest ${shown} of ${found} entries` : found < all ? `${found} of ${all} entries` : all === 1 ? '1 entry' : `${all} entries`),
    },

    health: {
      doctor: 'Checks', doctorText: 'Looks at the port, the clock, the network, the sign-ins and where Claude Code points, and says how to mend what is wrong.',
      run: 'Run checks', withRequest: 'Send a real request too (takes a little quota)', fix: 'What to do: ',
      states: { ok: 'Good', warn: 'Look at this', fail: 'Wrong', skipped: 'Left out' },
      allWell: 'All is well', failed: n => (n === 1 ? '1 thing is wrong' : `${n} things are wrong`), warned: n => (n === 1 ? '1 thing to look at' : `${n} things to look at`),
      drift: 'Not known yet', driftText: 'What clients or the backend sent that this version does not know. It does no harm, but tells when an update is due.', noDrift: 'Nothing so far.',
      kind: 'Kind', kinds: { request: 'Request', beta: 'Beta', upstream_event: 'Backend event' }, name: 'Name', seen: 'Seen', first: 'First', client: 'Client', beyond: n => `And ${n} more that are only counted.`,
    },

    about: {
      program: 'Program', version: 'Version', address: 'Address', baseUrl: 'Reached as', uptime: 'Running for', key: 'Access key', keySet: 'Set', keyNone: 'None; only this machine can reach the proxy', speaksAs: 'Speaks as', process: 'Process', system: 'System', reference: 'API reference', openApi: 'openapi.json',
      copy: text => `Copy ${text}`, demo: 'This is a demo: backend and accounts are simulated, and nothing is kept.',
      open: 'Other machines can reach this proxy. They need the access key.', openWithoutKey: 'Other machines can reach this proxy without an access key. Set one with --api-key.',
      memory: 'Memory', resident: 'In use', managed: 'Of it managed', caches: 'Caches', noCaches: 'None', cacheNames: { log: 'Log', requests: 'Requests', conversations: 'Conversations' },
      of: (used, limit) => `${used} of ${limit}`, cacheEntries: n => `${n} entries`,
      files: 'Files', dataDirectory: 'Data', accountsPath: 'Accounts', settingsPath: 'Settings', configPath: 'Configuration', logFile: 'Log file', noLogFile: 'None; set one with --log-file',
      statistics: 'Statistics', path: 'File', size: 'Size', rows: 'Requests', oldest: 'Since', lost: 'Not recorded', notKept: 'Statistics cannot be kept at the moment; the log says why.',
      statisticsText: 'What was asked and answered is not in it: only models, tokens, times and outcomes. The oldest go when the limit is reached.',
      forget: 'Forget all statistics', forgetText: n => `${n} requests and everything counted from them are deleted. This cannot be undone.`, word: 'forget', typeWord: 'Type “forget” to go on.', forgetAction: 'Forget', forgotten: 'All statistics are gone',
    },
  },
};
