// Every word of the page. Sentences that the program itself says (reasons, failures) come from the program.

export const texts = {
  product: 'codex-claude-proxy',
  skip: 'Skip to content',
  loading: 'Loading',
  copied: 'Copied',
  notCopied: 'The browser did not allow copying. Select the text and copy it by hand.',
  failed: 'This could not be loaded',

  shortPlaces: { claude: 'Claude', settings: 'Settings' },
  places: { overview: 'Overview', accounts: 'Accounts', requests: 'Requests', analytics: 'Analytics', claude: 'Claude Code', settings: 'Settings & logs' },
  hiddenPlaces: { gallery: 'Gallery' },
  placesName: 'Places',
  title: place => `${place} · codex-claude-proxy`,

  actions: {
    cancel: 'Cancel', close: 'Close', copy: 'Copy', dismiss: 'Dismiss', retry: 'Try again', refresh: 'Refresh', more: 'Show more', clear: 'Clear filters',
    save: 'Save', undo: 'Undo', remove: 'Remove',
  },

  table: { sort: column => `Sort by ${column}` },

  api: {
    unreachable: 'The proxy does not respond. Is it still running?',
    status: code => `The proxy responded with status ${code}.`,
  },

  unavailable: { title: 'Not available', text: 'This version of the proxy does not provide this.' },

  time: { zone: name => `The time here, ${name}`, now: 'now', justNow: 'just now', in: span => `in ${span}`, ago: span => `${span} ago` },

  state: {
    connecting: 'Connecting', offline: 'Offline', locked: 'Access key needed', failed: 'Error', empty: 'No account', login: 'Needs sign-in', waiting: 'Waiting', online: 'Online',
    name: state => `State: ${state}`,
  },

  theme: { name: 'Theme', system: 'System', light: 'Light', dark: 'Dark', change: (now, next) => `Theme: ${now}. Change to ${next}` },

  mask: {
    on: 'Show identities', off: 'Mask identities',
    account: n => `Account ${n}`, project: n => `Project ${n}`, session: n => `Session ${n}`, conversation: n => `Conversation ${n}`, key: n => `Key ${n}`,
  },

  gallery: {
    texts: 'Texts', buttons: 'Buttons', choices: 'Choices', told: 'Messages', windows: 'Quota windows', accounts: 'Accounts', tables: 'Tables', sorted: 'A table in order', sum: 'Total', cards: 'Requests as cards', charts: 'Charts', context: 'A context that grows', opened: 'Dialogs and toasts',
    plain: 'plain', live: 'live', noDot: 'without a dot', badge: 'badge', sentence: 'A sentence that is long enough to need a second line where there is little room for it.', link: 'A link',
    name: 'Name', value: 'Value', missing: 'Missing', long: 'A path', footer: 'What stands at the foot of a card', picture: 'With a picture', small: 'Small', disabled: 'Disabled', busy: 'Busy', waits: 'Stays busy', menu: 'A menu',
    first: 'First', second: 'Second', third: 'Third', on: 'On', off: 'Off', field: 'A field', hint: 'What explains it.', wrong: 'A refused value', error: 'Must be a whole number from 1 to 60.', choice: 'A choice', empty: 'Nothing yet', tabs: 'Tabs',
    nothing: 'Nothing yet', status: 'Status', works: 'Working', tokens: 'Tokens', hits: 'Cache hits', failures: 'Failures', more: '12 % more than before', label: 'A label',
    confirm: 'Confirm', dialog: 'Dialog', drawer: 'Drawer', toast: kind => `Toast: ${kind}`,
  },

  notices: {
    on: 'Notify me when an account is used up, available again or needs signing in', off: 'Stop notifications', started: 'This browser will notify you while the page is open', stopped: 'No more notifications',
    unsupported: 'This browser has no notifications for pages like this one.', denied: 'The browser does not allow notifications from this page. Allow them in its settings for this address.',
    dry: 'The quota is used up.', dryUntil: at => `The quota is used up until ${at}.`, signIn: 'Needs signing in again.', back: 'The quota is available again.',
  },

  palette: {
    open: 'Find anything', openWith: 'Find anything (Ctrl K)', title: 'Find anything', search: 'Places, accounts, settings, actions', nothing: 'Nothing matches.',
    places: 'Go to', actions: 'Actions', accounts: 'Accounts', settings: 'Settings',
    account: name => `Open ${name}`, use: name => `Use ${name} for new conversations`, requestsOf: name => `Requests of ${name}`, failed: 'Failed requests', withoutSide: 'Requests without side calls', copyAddress: 'Copy the base URL',
    shortcuts: 'Keyboard shortcuts', single: 'Shortcuts of single keys',
    keys: places => [['Ctrl K', 'Find anything'], ['/', 'Search on this page'], ...places, ['?', 'This list'], ['Esc', 'Close what is open']],
  },

  key: {
    title: 'Access key', text: 'This proxy has an access key. It is the value of --api-key or CCP_API_KEY, and is kept until you close this tab.',
    label: 'Key', open: 'Continue', wrong: 'That key was not accepted.',
  },

  account: {
    states: {
      ready: 'Ready', 'already-tried': 'Already tried', disabled: 'Disabled', 'needs-sign-in': 'Needs sign-in', exhausted: 'Used up', reserved: 'Reserved', 'cooling-down': 'Cooldown', 'lacks-model': 'Model not available', excluded: 'Model excluded',
    },
    next: 'Next', active: 'Active', stateUntil: (state, at) => `${state} until ${at}`,
    why: {
      refused: reason => `Upstream refuses the account: ${reason}.`,
      cooldown: reason => `Cooldown after a failure: ${reason}.`,
      reserved: 'The remaining quota is below the reserve you set. New conversations go to other accounts; existing ones continue.',
      signIn: 'The sign-in is no longer valid. The account is not used until you sign in again.',
    },
    noWindows: 'Quota not known yet. It appears after the first response or a refresh.',
    credits: balance => `Credits ${balance}`, unlimited: 'Unlimited credits',
  },

  window: {
    names: { '5h': '5 hours', '7d': '7 days', '30d': '30 days' }, shortNames: { '5h': '5 h', '7d': '7 d', '30d': '30 d' },
    left: text => `${text} remaining`, remaining: 'remaining',
    used: text => `${text} used`,
    resets: 'Resets',
    unknownReset: 'Reset unknown',
    due: 'Reset due now',
    exhausted: 'Used up',
    expected: text => `${text} would be used by now at a constant rate`,
    name: (window, used, expected) => `${window}: ${used} used${expected ? `; ${expected} would be used by now at a constant rate` : ''}`,
    paceIdle: 'No recent use.',
    paceLasts: atReset => `At the current rate ${atReset} will be used at the reset.`,
    paceEnds: at => `At the current rate it is used up by ${at}.`, paceShort: span => `That is ${span} before the reset.`,
    paceUnknown: 'Rate not known yet.',
  },

  pool: {
    name: 'All accounts together', all: 'All', of: n => (n === 1 ? 'of 1 account' : `of ${n} accounts`),
    window: (name, n) => `${name}, ${n === 1 ? '1 account' : `${n} accounts`} together`,
    dry: at => `used up ${at}`, in: span => `, in ${span}`, nextReset: span => `next reset in ${span}`,
  },

  course: {
    name: 'Remaining in the next 7 days', now: share => `${share} remaining now`, dry: at => `At the present pace used up ${at}`, lasts: 'At the present pace the quota lasts until it resets',
    reset: (name, at) => `${name} resets ${at}`, remaining: (at, share) => `${at}: ${share} remaining`, unknown: at => `${at}: not known yet`,
  },

  overview: {
    glance: {
      name: 'At a glance',
      quota: {
        title: 'Tightest quota', remaining: 'remaining', of: (window, n) => `of ${window}, ${n === 1 ? '1 account' : `${n} accounts`}`, dry: at => `Used up ${at},`,
        lasts: 'Lasts until it resets', noPace: 'Pace not known yet', unknown: 'Not known yet',
      },
      cost: {
        title: 'API equivalent today', about: usd => `≈ ${usd}`, tokens: n => `${n} tokens, estimate`, estimate: date => `prices of ${date}`, noPrices: 'no prices known',
        equation: usd => `API-equivalent estimate today: ${usd}`, term: (tokens, part, price) => `${tokens} ${part} × ${price}`, parts: { fresh: 'uncached', cached: 'cached', written: 'written', output: 'output' },
        longContext: 'long context', others: n => (n === 1 ? '1 other model' : `${n} other models`), unpriced: n => `${n} tokens of models without a known price are not included.`,
        explain: date => `Tokens times list prices per million, as of ${date}. An estimate, not a bill: a plan costs nothing per token.`,
      },
      cache: { title: 'Prompt cache hits', note: 'of input tokens in 24\u00a0h', trend: points => `${points > 0 ? '▲' : points < 0 ? '▼' : '='} ${Math.abs(points)} points vs. before`, noTrend: 'Nothing to compare with' },
      failures: { title: 'Failures', of: (requests, share) => `of ${requests} (${share}) in 24\u00a0h`, none: 'No requests in 24\u00a0h', commonest: (name, n) => `Mostly ${name} (${n})` },
    },
    status: {
      name: 'Status', working: 'Working.', next: 'New conversations go to', because: reason => ` — ${reason}.`,
      waiting: 'Waiting.', release: (at, span) => `No account is available. The first one becomes available in ${span}, ${at}.`, releaseNow: 'An account should be available now.',
      login: 'Sign-in needed.', empty: 'Not signed in yet.', offline: 'Offline.', connecting: 'Connecting …', locked: 'Access key needed.', failed: 'The accounts could not be loaded.',
      more: {
        login: 'No account has a valid sign-in.', empty: 'Add a ChatGPT account to start.', offline: 'The proxy does not respond. Is it still running?', connecting: '', locked: '',
      },
      stale: at => `The figures below are from ${at}.`,
      action: { login: 'Sign in again', empty: 'Add an account' },
      exception: (model, account) => `${model} goes to ${account}.`, nobody: 'no account at the moment',
    },
    accounts: {
      title: 'Accounts', manage: 'Manage', none: 'No accounts yet', noneText: 'Sign in with a ChatGPT account, or import the sign-in of the Codex CLI.', add: 'Add an account',
    },
    usage: {
      title: 'Usage', range: 'Period', ranges: { '1h': '1 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' },
      parts: { fresh: 'Uncached input', cached: 'Cached input', output: 'Output' }, failed: 'Failed', failedOf: (failed, requests, share) => `${failed} of ${requests} (${share})`, failureRate: 'Failure rate', asTable: 'As a table', time: 'Time',
      tiles: {
        requests: 'Requests', failed: 'Failed', cache: 'Prompt cache hits', cacheNote: 'of input tokens', output: 'Output tokens', first: 'First token', p95: text => `p95 ${text}`,
        change: percent => `${percent} % vs. previous period`,
      },
      none: 'No requests in this period', noneText: 'Requests appear here as soon as a client sends one.',
    },
    requests: { title: 'Last requests', all: 'All requests', none: 'No requests yet', noneText: 'Try the quick test, or connect Claude Code.' },
    test: {
      title: 'Quick test', note: 'Sends a real request, which uses some quota of the account that serves it.', prompt: 'Prompt', hello: 'Say hello', model: 'Model', route: 'Protocol',
      messages: 'Messages', chat: 'Chat Completions', responses: 'Responses', run: 'Test', haiku: 'Test haiku', haikuNote: 'Requests claude-haiku-4-5', answer: 'Response', waiting: 'Waiting for the response …',
      summary: (model, first, total, output) => [model, first && `first token ${first}`, `total ${total}`, output && `${output} output tokens`].filter(Boolean).join(' · '),
    },
    connect: {
      title: 'Claude Code', note: 'Paste this into a terminal. It applies to that terminal only and changes no file.', shell: 'Shell',
      shells: { bash: 'bash, zsh', fish: 'fish', powershell: 'PowerShell' }, key: 'your-access-key', copy: 'Copy the commands', more: 'Set it up permanently, with a preview of every change',
    },
  },

  requests: {
    title: 'Requests', live: 'Live', paused: 'Paused', pause: 'Pause', resume: 'Resume', resumeWith: n => `Resume (${n} new)`, reconnecting: 'Reconnecting',
    search: 'Search models, sessions, projects, errors', all: 'All', removeFilter: 'Remove the filter ',
    sides: { none: 'No side calls', any: 'Side calls', title: 'Side call: title', classifier: 'Side call: client’s classifier', check: 'Side call: tool call check', advisor: 'Side call: advisor' },
    filters: {
      range: 'Period', from: 'From', to: 'Until', account: 'Account', requestedModel: 'Requested model', upstreamModel: 'Model used', model: 'Model', client: 'Client', project: 'Project', errorType: 'Error', key: 'Client key',
      side: 'Kind', path: 'Path', session: 'Session', conversation: 'Conversation', unknown: 'Not known', outcome: 'Result', q: 'Search',
    },
    choose: {
      button: 'Filters', title: 'Choose filters', any: 'Any', unknown: 'Not known', unknownOf: name => `${name} not known`, counted: (name, n) => `${name} · ${n}`, anyTime: 'Any time', custom: 'From … until …',
      ranges: { '1h': 'Last hour', '6h': 'Last 6 hours', '24h': 'Last 24 hours', '7d': 'Last 7 days', '30d': 'Last 30 days' }, hint: 'The choices are what the last 30 days had, with the number of requests.', active: n => `${n} active`,
    },
    saved: {
      title: 'Saved filters', save: 'Save these filters', name: 'Name', example: 'Failures of the last 24 hours', text: 'The filters are kept in this browser under this name. Opening them sets the address.',
      replaces: 'Replaces the saved filters of the same name.', remove: name => `Remove the saved filters ${name}`, done: name => `Saved as ${name}`, removed: name => `${name} was removed`, missing: 'Enter a name.',
    },
    session: {
      title: 'Session', conversation: 'Conversation', back: 'All requests', list: 'As a list', show: 'All turns of the session', showConversation: 'All turns of the conversation', copy: 'Copy the id',
      none: 'No turns', noneText: 'No request of this session is stored any more.', truncated: n => `Only the newest ${n} turns are shown.`,
      figures: {
        turns: 'Turns', failed: n => (n === 1 ? '1 failed' : `${n} failed`), allWell: 'none failed', context: 'Context now', ofWindow: (share, window) => `${share} of ${window} tokens`, cache: 'Prompt cache hits', cached: (cached, input) => `${cached} of ${input} input tokens`,
        output: 'Output tokens', cost: 'API equivalent', estimate: 'estimate, not a bill', unpriced: tokens => `estimate; ${tokens} tokens have no price`, time: 'Duration', since: at => `since ${at}`,
      },
      chart: {
        name: 'Context of each turn', cached: 'Cached', fresh: 'Uncached', window: 'Context window', turn: (n, at) => `Turn ${n}, ${at}`, context: (tokens, share) => (share ? `${tokens} tokens, ${share} of the window` : `${tokens} tokens`), cache: share => `${share} cached`,
        summary: (turns, most, share) => `${turns} turns; the largest has ${most} tokens${share ? `, ${share} of the window` : ''}`, first: 'Turn 1', last: n => `Turn ${n}`, open: 'Click a turn for its details.',
      },
      marks: {
        failover: 'Failover', moved: 'Other account', failed: 'Failed', lost: 'Cache missed', shortened: 'Context shortened',
      },
      explain: {
        failover: 'Another account was tried first in this turn.', moved: 'The turn before was served by another account, so the prompt cache starts anew.', failed: 'The turn failed.',
        lost: tokens => `${tokens} tokens that an earlier turn had sent were not read from the prompt cache.`, lostAfter: (tokens, pause) => `${tokens} tokens that an earlier turn had sent were not read from the prompt cache, after a pause of ${pause}.`,
        shortened: (before, now) => `The client shortened the conversation, from ${before} to ${now} tokens.`,
      },
      sums: {
        failover: n => (n === 1 ? '1 failover' : `${n} failovers`), moved: n => (n === 1 ? '1 change of account' : `${n} changes of account`), lost: (n, tokens) => `${n === 1 ? '1 turn' : `${n} turns`} missed the prompt cache: ${tokens} tokens were sent anew`, shortened: n => (n === 1 ? 'shortened once' : `shortened ${n} times`),
      },
      columns: { turn: 'Turn', received: 'Received', result: 'Result', model: 'Model', account: 'Account', context: 'Context', cache: 'Cached', output: 'Output', cost: 'Estimate', total: 'Total' },
      openTurn: (n, model) => `Turn ${n}, ${model}: open details`, agent: id => `Agent ${id}`,
    },
    none: 'No requests yet', noneText: 'Requests appear here while they run. Try the quick test on the overview, or connect Claude Code.', tryOne: 'Go to the quick test',
    noMatch: 'Nothing matches', noMatchText: 'No request matches these filters.',
    storage: (rows, size, limit, oldest) => `${rows === '1' ? '1 request' : `${rows} requests`} stored in ${size} of at most ${limit}${oldest ? `, the oldest from ${oldest}` : ''}. Prompts and responses are not stored.`,
    open: (time, model) => `Request of ${time}, ${model}: open details`,
    columns: {
      received: 'Received', model: 'Model', client: 'Client', project: 'Project', account: 'Account', state: 'Result', input: 'Input', cached: 'Cached', output: 'Output', first: 'First token', total: 'Total',
    },
    cached: share => `${share} cached`,
    outcomes: { ok: 'OK', failed: 'Failed', left: 'Client disconnected', running: 'Running' },
    errors: {
      invalid_request_error: 'invalid request', authentication_error: 'sign-in', permission_error: 'not allowed', not_found_error: 'not found', request_too_large: 'too large',
      rate_limit_error: 'rate limit', overloaded_error: 'overloaded', timeout_error: 'timeout', api_error: 'error', billing_error: 'billing',
    },
    capture: {
      title: 'Record bodies', start: 'Record bodies', started: 'Bodies of new requests are recorded', stop: 'Stop and delete', stopped: 'Stopped; the recorded bodies were deleted',
      on: (left, kept, size) => `Bodies are recorded for another ${left}: ${kept} recorded, ${size}, in memory only.`,
      warning: 'Requests and responses contain your prompts and data. They are kept in memory only, up to a size limit, and are deleted when you stop recording or the proxy stops.',
      minutes: 'Duration', minutesOf: n => `${n} minutes`,
    },
    drawer: {
      title: 'Request', copyId: 'Copy the request id', all: 'Show all', turns: 'Show all turns', cost: 'API equivalent', costIs: usd => `≈ ${usd}, an estimate: `, timeline: 'Timeline', usage: 'Tokens', summary: 'Summary', attempts: 'Attempts', decision: 'Why this account', bodies: 'Bodies',
      checks: 'Tool call check', sideCall: 'Side call', verdicts: { flagged: 'Flagged', not_flagged: 'Not flagged', left: 'Decided by the client' },
      steps: {
        judged: 'Judged by a small model.', remembered: 'Same verdict as for an identical call under the same user messages.', covered: 'The client decides about this kind of call itself.',
        doubtful: 'The model was unsure, or its verdict was inconsistent.', too_long: 'The call is too long to be judged.', no_context: 'The request contains no context to judge the call by.',
        failed: 'The request to the model failed.', late: 'The model did not respond in time.',
      },
      path: 'Path', model: 'Requested model', upstream: 'Model used', route: 'Why this model', account: 'Account', client: 'Client', key: 'Client key', project: 'Project', session: 'Session', agent: 'Agent',
      conversation: 'Conversation', streamed: 'Streamed', yes: 'Yes', no: 'No', stop: 'Stop reason', searches: 'Web searches', error: 'Error', total: 'Total',
      stretches: {
        converted: 'Read and converted', sent: 'Account and token', headers: 'Upstream accepted', firstEvent: 'First upstream event', firstToken: 'First token', lastByte: 'Response written',
      },
      held: text => `The start of the response was held for ${text}, so that a failure could still be reported as an HTTP status.`, onlyTotal: text => `Took ${text}.`,
      noUsage: 'No tokens were counted.', estimated: 'Estimated: upstream did not report token counts.',
      tokens: { fresh: 'Uncached input', cached: 'Cached input', written: 'Written to the prompt cache', output: 'Output', reasoning: 'Reasoning (part of output)' },
      nobody: 'No account', served: 'Served', failedAttempt: 'Failed', attemptTime: (start, duration) => `after ${start}, took ${duration}`, noAttempts: 'The proxy answered without sending a request upstream.',
      failures: {
        ContextOverflow: 'The conversation exceeds the model’s context window.', RequestTooLarge: 'The request is too large.', UsageLimit: 'The account’s quota is used up.', RateLimited: 'Upstream limits the rate of requests.',
        QuotaSpent: 'The credits are used up.', PlanExcludesCodex: 'The plan does not include Codex.', Overloaded: 'Upstream is overloaded.', ServerError: 'Upstream failed.',
        TimedOut: 'Upstream sent nothing for too long.', Unreachable: 'Upstream could not be reached.', StreamEnded: 'The response ended before it was complete.', Unauthorized: 'The token was refused.',
        SignInNeeded: 'The sign-in is no longer valid.', EdgeBlocked: 'The edge protection in front of upstream blocked the request.', Forbidden: 'Upstream refused the account.', ModelNotFound: 'The account does not have this model.',
        BodyUnreadable: 'The compressed request was not accepted.', ReasoningUnreadable: 'The reasoning belongs to another account.', Policy: 'Upstream refused the content.', InvalidRequest: 'Upstream reported an invalid request.', InvalidImage: 'An image was refused.',
        InvalidToolSchema: 'A tool schema was refused.', UnsupportedParameter: 'A parameter was refused.', Cancelled: 'Upstream cancelled the response.', InvalidToolArguments: 'The model produced invalid tool arguments.',
      },
      decisions: { GiveUp: 'The error was returned to the client.', Again: 'Retried after a short wait.', Renew: 'The token was refreshed.', NextAccount: 'Failover to the next account.', Adapt: 'Sent again without the refused part.' },
      candidates: 'Candidates', state: 'State', left: 'Remaining', renews: 'Resets',
      notRecorded: 'Not recorded. Bodies are kept only while recording is on, and this request was not recorded.',
      private: 'The bodies contain the prompts and data of this request.', showBodies: 'Show the bodies', noBody: 'No body.', truncated: 'Too large to be recorded completely: the end is missing.',
      copyBody: 'Copy the body', parts: { request: 'From the client', upstream: 'Sent upstream', answer: 'Response' },
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
    empty: { title: 'No accounts yet', text: 'Sign in with a ChatGPT account, or import the sign-in of the Codex CLI. Tokens are stored on this machine only.', import: 'Import from Codex' },
    refreshed: { title: 'Tokens refreshed', done: 'Token and quota refreshed.', none: 'No account has a token that can be refreshed.' },
    exportHint: 'To use an account in the Codex CLI: ', exportCommand: 'codex-claude-proxy accounts export <account> --output auth.json',
    backupHint: 'To move everything to another machine: ', backupCommand: 'codex-claude-proxy backup ccp.backup',
    actionsOf: name => `Actions for ${name}`, details: 'Details', enable: 'Enable', disable: 'Disable',
    switch: 'Make active', switched: answer => [answer.message, answer.note].filter(Boolean).join('. '),
    refreshOne: 'Refresh token and quota', refreshedOne: answer => answer.message,
    enabledNow: 'The account is enabled', disabledNow: 'The account is disabled',
    signInAgain: 'Sign in again',
    clock: (model, state, until) => `${model}: ${state.toLowerCase()} until ${until}`,
    tokenValid: 'Token valid', tokenExpired: 'Token expired',
    signsOut: at => (at ? `The token expires ${at} and cannot be refreshed: sign in again before then.` : 'The token cannot be refreshed: sign in again soon.'),
    imported: 'Shared with Codex', neverUsed: 'Not used yet',

    next: {
      title: 'Next account', strategy: 'Strategy', chosen: name => `Strategy: ${name}. It applies from the next conversation on.`,
      strategies: {
        sticky: { name: 'Sticky', text: 'New conversations go to the active account while it is available. Best for the prompt cache, and you always know which account is used.' },
        'round-robin': { name: 'Round robin', text: 'Each new conversation goes to the next account. Accounts are used evenly.' },
        'most-remaining': { name: 'Most remaining', text: 'New conversations go to the account with the most quota remaining in its most used window.' },
        'soonest-reset': { name: 'Soonest reset', text: 'New conversations go to the account whose quota resets first, so that little of it expires unused.' },
        'least-busy': { name: 'Least busy', text: 'New conversations go to the account with the fewest running requests. Parallel conversations are spread over idle accounts.' },
      },
      forModel: 'New conversation with', noModels: 'No model is known yet.', notOffered: 'The model is not in this account’s model list.', release: (at, span) => `The first account becomes available in ${span}, ${at}.`,
      candidates: 'Accounts in order', account: 'Account', state: 'State', left: 'Remaining', renews: 'Resets', priority: 'Priority', detail: 'Details',
    },

    resets: {
      name: 'Banked resets', count: n => (n === 1 ? '1 banked reset' : `${n} banked resets`), ends: at => `expires ${at}`, endless: 'does not expire',
      noList: why => `Upstream gave no list of them: ${why}`, redeem: 'Redeem', action: 'Redeem a reset', title: name => `Redeem a reset of ${name}`,
      which: end => `The reset that ${end} is used.`, anyOne: 'Upstream chooses which reset is used.', repeats: 'The request that was not answered is repeated.', final: 'This cannot be undone.',
    },

    remove: {
      title: 'Remove account', action: 'Remove', text: name => `${name} and its tokens are deleted from this machine. Conversations continue on another account.`,
      revoke: 'Also sign out at OpenAI',
      revokeHint: 'This revokes the tokens, including any copies. Otherwise they stay valid until they expire.',
      revokeShared: 'This sign-in is shared with the Codex CLI. Signing out at OpenAI signs Codex out as well.',
    },

    adding: {
      title: 'Add account', titleAgain: name => `Sign in again as ${name}`, againText: 'Choose how to sign in. Use the same ChatGPT account; its settings here are kept.',
      browser: {
        name: 'In the browser', text: 'Opens a sign-in window. The usual choice on this machine.', opening: 'Opening the sign-in page …',
        waiting: 'Waiting for the sign-in in the other window …', blocked: 'The browser blocked the window. Open the page with the button.',
        elsewhere: 'Did the window end at an address that did not load?',
      },
      device: {
        name: 'On another device', text: 'Enter a short code on a phone or another computer.', explain: 'Open the address on any device and enter this code.',
        codeName: 'Code', copy: 'Copy code', open: address => `Open ${address}`, waiting: 'Waiting for the code to be entered …',
      },
      paste: {
        name: 'By pasting', text: 'For servers without a browser: sign in on another machine and paste the final address.',
        explain: 'Sign in with a browser on any machine. The final address does not load there; this is expected.',
        first: 'Open this address and sign in.', second: 'Copy the complete address the browser ends at and paste it here.',
        field: 'Address or code', missing: 'Paste the address the browser ended at, or the code it contains.', finish: 'Finish sign-in',
      },
      import: {
        name: 'From the Codex CLI', text: 'Import the sign-in of the Codex CLI on this machine.',
        explain: 'Reads the auth.json of the Codex CLI on this machine.',
        sharing: 'The Codex CLI and this proxy then share one refresh token, and each refresh token works only once. The proxy writes refreshed tokens back to the Codex CLI, but if both refresh at the same moment, one of them is signed out. A separate sign-in avoids this.',
        action: 'Import', fresh: 'Sign in separately instead',
      },
      proxy: {
        name: 'Through a proxy', field: 'Proxy', hint: 'Everything of this account goes through it, from the sign-in on: http, https, socks5 or socks4a, such as socks5://user:password@host:1080. Your browser uses its own connection.',
        hintAgain: 'Empty: the proxy of this account, if it has one.',
      },
      files: {
        name: 'From files of other programs', text: 'Import accounts of CLIProxyAPI, opencode, codex-lb, another Codex CLI and others.',
        explain: 'Choose one or more files, also a zip. A file is recognised by its content. Nothing is written before you confirm.',
        field: 'Files', action: n => (n === 1 ? 'Import 1 account' : `Import ${n} accounts`),
        states: { new: 'New', update: 'Gets these tokens', unchanged: 'Here already', older: 'Older than here', skipped: 'Skipped', refused: 'Refused' },
      },
      starting: 'Starting …', openPage: 'Open the sign-in page', copyAddress: 'Copy address', otherWay: 'Other sign-in method', another: 'Add another',
      remaining: span => `${span} remaining`,
      ended: { failed: 'The sign-in failed.', expired: 'The sign-in timed out.', cancelled: 'The sign-in was cancelled.' },
      added: name => `${name} was added.`, signedInAgain: name => `${name} is signed in again.`,
      otherAccount: name => `This is a different account from ${name}, which still needs a sign-in.`,
    },

    drawer: {
      windows: 'Quota', history: 'Usage history', noHistory: 'No samples yet. One is recorded at each change.',
      preferences: 'Preferences', enabled: 'Use this account', saved: 'Saved', labelPlaceholder: 'None', proxyPlaceholder: 'From the environment',
      fields: {
        label: { name: 'Label', hint: 'A name of your choice, shown instead of the e-mail address.' },
        priority: { name: 'Priority', hint: 'Accounts with lower numbers are used first; −1000 to 1000.' },
        reserve: { name: 'Reserve in percent', hint: 'When less than this part of the weekly quota window is remaining, no new conversation starts on this account.' },
        reserve5h: { name: 'Reserve of the 5-hour window', hint: 'The same for its 5-hour quota window, in percent. Empty: as in the settings.' },
        proxy: { name: 'Proxy', hint: 'Everything of this account goes through it: http, https, socks5 or socks4a, such as socks5://user:password@host:1080, or direct. Empty: as the environment says. Its credentials are hidden.' },
        excludedModels: { name: 'Excluded models', hint: 'Names or patterns with *, separated by commas. Other accounts serve these models.', hit: names => `Excluded now: ${names.join(', ')}` },
      },
      token: 'Sign-in', valid: 'Valid until', added: 'Added', lastUsed: 'Last used', source: 'Added by', ownSignIn: 'Sign-in here',
      verify: 'Verify', verified: 'The account works: upstream accepted it.', refresh: 'Refresh token', tokenHint: 'Tokens are refreshed automatically before they expire.',
      raw: 'Exact numbers', window: 'Quota window', used: 'Used', left: 'Remaining', resetsAt: 'Resets at', fetched: at => (at ? `Fetched ${at}, local time.` : 'Not fetched yet.'),
      answer: 'Upstream response', copyAnswer: 'Copy the upstream response',
      remove: 'Remove', removeText: 'Deletes the account and its tokens from this machine.',
    },
  },

  analytics: {
    range: 'Period', ranges: { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d', all: 'All', custom: 'Custom' },
    from: 'From', to: 'To', apply: 'Apply', localTime: (zone, place) => `Local time, ${zone} (${place}). Without an end the period runs until now.`,
    noBegin: 'Choose when the period begins.', wrongOrder: 'The period must end after it begins.', period: (from, zone) => `Since ${from}, ${zone}`,
    measure: 'Measure', measures: { tokens: 'Tokens', cost: 'API-equivalent cost', requests: 'Requests', failures: 'Failures', latency: 'Latency' },
    about: usd => `≈ ${usd}`, estimate: 'Estimate, not a bill', noPrices: 'No prices known', failedOf: (failed, requests) => `${failed} of ${requests} requests`, latencies: p95 => `First token; p95 ${p95}`,
    trend: percent => (percent === 0 ? 'As much as before' : `${percent > 0 ? '▲' : '▼'} ${Math.abs(percent)} % vs. before`), multiple: times => `▲ ${times} × vs. before`, noTrend: 'No earlier figures',
    part: 'Show', parts: { all: 'All tokens', input: 'Input', cached: 'Cached input', output: 'Output', 'first-p50': 'First token, p50', 'first-p95': 'First token, p95', 'total-p50': 'Total, p50', 'total-p95': 'Total, p95' },
    groupBy: 'Group by',
    groups: {
      model: 'By model served', requestedModel: 'By model asked for', account: 'By account', client: 'By client', project: 'By project', session: 'By session', key: 'By client key', sideCall: 'By side call', errorType: 'By kind of failure', none: 'All together',
    },
    dimensions: { model: 'Model served', requestedModel: 'Model asked for', account: 'Account', client: 'Client', project: 'Project', session: 'Session', key: 'Client key', sideCall: 'Side call', errorType: 'Kind of failure', none: 'All together' },
    by: (measure, dimension) => (dimension === 'All together' ? `${measure}, all together` : `${measure} by ${dimension.toLowerCase()}`),
    overTime: (measure, dimension) => `${measure} over time, ${dimension.toLowerCase()}`,
    kinds: {
      fresh: 'Uncached input', cached: 'Cached input', written: 'Written to the prompt cache', output: 'Output', cost: 'Estimate', ok: 'OK', failed: 'Failed', left: 'Client disconnected',
      'first-p50': 'First token, p50', 'first-p95': 'First token, p95', 'total-p50': 'Total, p50', 'total-p95': 'Total, p95',
    },
    sideCalls: { title: 'Title', classifier: 'Client’s classifier', check: 'Tool call check', advisor: 'Advisor' },
    unknown: { account: 'No account', model: 'No model', requestedModel: 'No model named', client: 'Unknown client', project: 'Unknown project', session: 'No session' },
    rest: { sideCall: 'No side call', key: 'Without a client key', errorType: 'No error', others: 'All others' }, others: n => (n > 0 ? `Others (${n})` : 'Others'),
    series: 'Series', toggle: name => `Show or hide ${name}. With Shift: only this one`, showAll: hidden => `Show all series (${hidden} hidden)`, whole: total => `${total} in the period`, wholeTime: 'Whole period',
    chartNote: 'Drag over the chart to look at a part of the time. Click a bar to see its requests.', failureNote: 'Above the bars: the rate of failures. Drag to look at a part of the time, click a bar to see its requests.',
    costNote: 'An estimate of what the API would charge for these tokens, not a bill: a plan costs nothing per token.', equation: usd => `API-equivalent estimate: ${usd}`, p95: value => `p95 ${value}`,
    view: 'Table', views: { groups: dimension => dimension, time: 'Time' }, time: 'Time', all: 'All', total: 'Total', more: n => `Show all ${n}`, fewer: 'Show fewer', toRequests: 'Show these requests',
    columns: { share: 'Share', requests: 'Requests', failures: 'Failures', tokens: 'Tokens', input: 'Input', cached: 'Cached', output: 'Output', cost: 'Est. cost', first: 'First token', total: 'Total time' },
    csv: ['name', 'requests', 'failed', 'disconnected', 'uncached input', 'cached input', 'written to cache', 'output', 'estimated API cost in USD', 'first token p50 ms', 'first token p95 ms', 'total p50 ms', 'total p95 ms'],
    none: 'No requests in this period', noneText: 'Choose a longer period. Requests count as soon as they have ended.',
    nothing: { tokens: 'No tokens in this period', cost: 'No price known', requests: 'No requests in this period', failures: 'No failures in this period', latency: 'No response times in this period' },
    nothingText: { tokens: null, cost: 'None of the models used has a list price. The setting “Prices for the estimate” adds your own.', requests: null, failures: 'Every request succeeded.', latency: null },
    off: 'Statistics are switched off', offText: 'New requests are not stored. The setting “Statistics” switches them on.', toSettings: 'Go to the settings',
    hours: {
      title: measure => `${measure} by weekday and hour`, zone: zone => `Full hours, local time (${zone})`, days: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'], hour: (day, from, to) => `${day} ${from}–${to}`,
      summary: (measure, hour, value) => `${measure} by weekday and hour. The most: ${hour} with ${value}. The table lists all hours.`, busiest: 'Most:', less: 'Less', more: 'More', table: 'Hours of the week', columns: { at: 'Hour' },
    },
  },

  claude: {
    config: {
      title: 'Claude Code’s settings',
      states: { here: 'Points here', other: 'Points elsewhere', direct: 'Anthropic directly', unreadable: 'Not readable' },
      sentence: {
        here: () => 'Claude Code uses this proxy. Running sessions keep their settings; new sessions use these.',
        other: url => `Claude Code uses ${url ?? 'another address'}, not this proxy.`,
        direct: () => 'No address is set, so Claude Code talks to Anthropic itself.',
        unreadable: () => 'The file cannot be read, so the proxy does not change it.',
      },
      file: 'File', copyPath: 'Copy path', exists: 'State', notThere: 'Does not exist yet; the first change creates it', program: 'Claude Code', version: v => `Version ${v}`, noProgram: 'Not found on the PATH', last: 'Last change here',
      actions: { proxy: 'Pointed here', direct: 'Pointed to Anthropic', set: 'Pointed to another address', restore: 'Undone' },
      point: 'Point Claude Code here', again: 'Apply again', direct: 'Use Anthropic directly', set: 'Another address', restore: 'Undo',
      where: (line, column) => `Line ${line}, column ${column}.`, untouched: 'Correct the file by hand, then reload this page. The proxy does not write to a file it cannot read.',
      entries: 'Entries', fold: (all, differ) => (differ === 0 ? `All ${all} entries are as recommended` : `${differ} of ${all} entries are not as recommended`), name: 'Name', now: 'Now', recommended: 'Recommended', verdict: 'Status', unset: 'not set',
      same: 'As recommended', missing: 'Not set', extra: 'To be removed', differs: 'Differs', ours: 'set by this proxy', oursHint: 'Undo restores the previous value',
    },

    change: {
      titles: { proxy: 'Point Claude Code here', direct: 'Use Anthropic directly', set: 'Use another address', restore: 'Undo the proxy’s changes' },
      texts: {
        proxy: 'Only the entries shown are changed; comments, order and everything else are kept. A backup is made.',
        direct: 'Removes the proxy’s entries, so that Claude Code connects to Anthropic directly.',
        set: 'Sets the address and the key, and removes the proxy’s entries.',
        restore: 'Restores the values from before the proxy’s changes. Entries you have edited since are kept.',
      },
      preview: 'What will be written', incomplete: 'Fill in both fields to see the preview.', nothing: 'Nothing can be written.', unchanged: 'Nothing to change: the file already has these values.',
      kept: names => `Edited since, therefore kept: ${names}`,
      write: 'Write the file', written: (message, backup) => `${message}. Backup: ${backup}`,
      apiKeyOptional: 'API key (optional)', apiKeyOptionalHint: 'Without a key, Claude Code uses its own sign-in.',
      address: 'Address', addressExample: 'https://…', apiKey: 'API key',
      choices: { askPermission: 'Ask about each action', disableNonessentialTraffic: 'No nonessential traffic', setAside: 'Set aside conflicting settings of other providers' },
      choiceHints: {
        askPermission: 'Sessions start in the mode that asks about each action instead of auto mode; Shift+Tab still changes it.',
        disableNonessentialTraffic: 'No telemetry, update checks and conversation titles. This also disables other features of Claude Code, and auto mode has no fallback.',
        setAside: 'Such settings bypass this proxy or name models that no account here has. Undo restores them.',
      },
      models: 'Choose the models', recommended: 'Recommended',
      lanes: { default: 'Session starts with', opus: 'opus', sonnet: 'sonnet', haiku: 'haiku', fable: 'fable' },
    },

    snippets: {
      title: 'For shells and editors', text: 'The same settings without changing a file: paste them where Claude Code is started.', name: 'Shell or editor', copy: label => `Copy ${label}`,
      short: { jetbrains: 'JetBrains', dotenv: '.env', settings: 'settings.json', vscode: 'VS Code', cmd: 'cmd' },
      meaning: 'What each variable does',
      without: 'Without pasting', run: 'Run once', runText: 'Starts Claude Code with these settings and changes no file. Other programs work as well.',
      statusline: 'Status line', statuslineText: 'Shows account, remaining quota and prompt cache hits in Claude Code’s status bar. --uninstall removes it.',
    },

    clients: {
      title: 'Other clients', text: 'What each needs so that it uses this proxy. A test sends one short question in the client’s protocol, which uses a little of your quota.',
      copy: name => `Copy the settings of ${name}`, copyPlace: name => `Copy where the settings of ${name} belong`, shell: 'In the shell that starts your program', start: 'Then start it:',
      keyVariable: 'Set PROXY_KEY to your access key where it is started.',
      test: 'Test now', testOf: name => `Test now: ${name}`, question: 'Answer with OK only.', works: (first, total) => `Works: ${first ? `first token ${first}, ` : ''}total ${total}`,
    },

    models: {
      title: 'Models', text: 'The models that Claude Code’s model names currently stand for.', builtIn: 'Built-in list', lanes: 'Claude model names', lane: 'Name', model: 'Model', why: 'Why', fast: 'fast', kilo: 'Kilo', anthropic: 'Anthropic', unknown: 'Unknown',
      mappings: 'Your own mappings', mappingsText: 'Mappings take precedence over everything but models of Anthropic. A name may be a pattern with *; a model may end in an effort, such as -high.',
      name: 'Name or pattern', target: 'Stands for', nameExample: 'claude-3-*', targetExample: 'gpt-5-codex-high', add: 'Add mapping', incomplete: 'Enter both a name and a model.',
      remove: name => `Remove the mapping of ${name}`, removed: name => `The mapping of ${name} was removed`,
      effort: 'Default effort', effortText: 'Reasoning effort when neither the request nor the model name sets one. More effort takes longer and uses more quota.', effortDefault: 'Model default', effortSaved: 'Applies from the next request on',
      kiloTitle: 'Free models for haiku', kiloOn: 'On', kiloOff: 'Off',
      kiloText: 'Claude Code uses haiku for small tasks such as titles. The Kilo gateway can serve it with free models, so that it uses none of your quota.',
      kiloPrivacy: 'Requests for haiku are then sent to Kilo and the provider of the model, not to OpenAI. Providers of free models may train on them. Nothing is sent to Kilo while this is off.',
      kiloNone: 'Off', kiloNoneText: 'haiku is a Codex model, as shown above.', kiloAuto: 'Auto (Free)', context: tokens => `${tokens} tokens of context`, noTools: 'no tools',
      kiloChosen: id => `haiku is now ${id}`, kiloStopped: 'haiku is a Codex model again',
    },
  },

  settings: {
    views: { settings: 'Settings', keys: 'Client keys', log: 'Log', health: 'Health', about: 'About' },
    keys: {
      title: 'Client keys', none: 'No client has a key of its own', add: 'Add a key', noOwner: 'There is no access key for you, the owner: from this machine the proxy can be managed without a key.',
      explain: 'A key for each device, person or script, with models, limits and figures of its own. As soon as there is one, every client needs a key, on this machine too.',
      menu: name => `Actions for ${name}`, change: 'Change', renew: 'Replace the key', revoke: 'Revoke', expired: 'Expired', reached: 'Limit reached',
      renewTitle: name => `Replace the key ${name}?`, renewText: 'The client needs the new key: the present one stops working at once. Models, limits and figures stay.',
      revokeTitle: name => `Revoke the key ${name}?`, revokeText: 'The client is refused from its next request on. What it used stays in the statistics.',
      models: 'Models', allModels: 'All models', today: 'Today', used: (requests, tokens) => `${requests} requests, ${tokens} tokens`, requests: 'Show requests', lastUsed: 'Last used', never: 'Never', expires: 'Expires',
      kinds: { total_tokens: 'Tokens', input_tokens: 'Input tokens', output_tokens: 'Output tokens', cost_usd: 'Dollars', requests: 'Requests' },
      spans: { '5h': 'in 5 hours', daily: 'a day', '7d': 'in 7 days', monthly: 'a month' }, limitName: (kind, span, model) => `${kind} ${span}${model ? ` · ${model}` : ''}`,
      of: (used, maximum) => `${used} of ${maximum}`, freeAgain: 'Available', startsAnew: 'Starts anew',
      onceTitle: name => `The key ${name}`, once: 'This is the only time the key is shown. The proxy keeps its hash alone.', copyKey: 'Copy the key', paste: 'For Claude Code:', copyLines: 'Copy the commands',
      others: 'Other clients take it as their API key.', done: 'I have copied it',
      addTitle: 'Add a client key', changeTitle: 'Change a client key', create: 'Create the key', name: 'Name', nameHint: 'The device, person or script that gets it.',
      modelsHint: 'Names or patterns with *, separated by commas. Empty for all models.', limits: 'Limits', limitsHint: 'Looked at before each request. Dollars are what the API would take.',
      addLimit: 'Add a limit', removeLimit: 'Remove the limit', kind: 'What is counted', span: 'In which time', maximum: 'Maximum', wrongMaximum: 'The maximum of a limit must be a number above 0.', onlyModel: 'Only for model', expiresHint: 'The first day on which it no longer works. Empty for never.',
    },

    form: {
      names: {
        accountStrategy: 'Account strategy', reserves: 'Reserve of all accounts', autoRedeem: 'Redeem banked resets', haikuKiloModel: 'Free model for haiku', modelMappings: 'Model mappings', anthropicModels: 'Models of Anthropic', defaultEffort: 'Default effort', lane: 'Request shape', compressRequests: 'Compress requests', search: 'Web search', searchModel: 'Model for searches', advisorModel: 'Advisor model',
        searchHistoryAsText: 'Earlier searches as text', imageUrls: 'Images by URL', emulatePrefill: 'Continue prefilled responses', strictServerTools: 'Refuse unknown server tools', clearToolUses: 'Clear old tool results', holdSeconds: 'Hold the start of responses',
        holdUntilReset: 'Wait for a reset', logLevel: 'Log level', maskEmailsInLog: 'Mask e-mail addresses in the log', autoModeCheck: 'Auto mode check', timeZone: 'Time zone', rememberReasoning: 'Remember reasoning', rememberResponses: 'Remember responses', statistics: 'Statistics',
        statisticsLimitMb: 'Size limit of the statistics', metricsAccounts: 'Accounts in the metrics', prices: 'Prices for the estimate', alertLowPercent: 'Alert before an account is used up',
      },
      about: {
        accountStrategy: 'Which account a new conversation gets; it stays on that account.',
        reserves: 'How much of each quota window no new conversation may use, such as 5h 10, 7d 5 in percent; an account’s own reserve takes precedence.',
        autoRedeem: 'Whether a banked reset may be redeemed without asking you, at most one an hour, before a request would be refused because every account is used up.',
        alertLowPercent: 'How much of an account’s quota window is remaining when the alert is sent that it is nearly used up; 0 sends none.',
        haikuKiloModel: 'Claude Code’s small tasks can be served by a free model of the Kilo gateway instead of your quota.',
        modelMappings: 'Which model a name that a client asks for stands for, where you want another one than the proxy would choose.',
        anthropicModels: 'Requests for these models, such as claude-opus-*, claude-sonnet-5-5, are passed to Anthropic unchanged, with the client’s own Claude sign-in or API key; all others go to Codex.',
        defaultEffort: 'How hard a model thinks when neither the request nor the model’s name says so.',
        lane: 'The form in which requests are sent upstream; another one than the automatic one is for finding faults.',
        compressRequests: 'Requests are sent compressed, which shortens the upload to about a third.',
        search: 'How a request is served that is nothing but a web search.',
        searchModel: 'The model that serves a request with a web search when its own model cannot search; without one the search is omitted.',
        advisorModel: 'The model that a request’s own model may ask for advice; each time it is sent the whole conversation.',
        searchHistoryAsText: 'Searches of earlier turns are sent as text instead of as searches.',
        imageUrls: 'What happens to images that a client names by their address instead of sending them.',
        emulatePrefill: 'A response that the client has begun itself is continued; otherwise such requests are refused, as the newest Claude models do.',
        strictServerTools: 'Requests with tools that the proxy cannot provide are refused; otherwise the tools are omitted.',
        clearToolUses: 'Old tool results are removed when a client asks for that, which makes room but loses the prompt cache from there on.',
        autoModeCheck: 'Who judges the tool calls of Claude Code’s auto mode before they run.',
        rememberReasoning: 'Encrypted reasoning is kept in memory for an hour and added to the next request of clients that do not send it back.',
        rememberResponses: 'Responses are kept in memory for an hour, for clients that refer to earlier ones instead of sending them again.',
        holdSeconds: 'For how long the start of a response may be held, so that a failure can still be reported as one.',
        holdUntilReset: 'For how long a request may wait for a quota to reset when no account is available; 0 refuses it at once.',
        logLevel: 'How much is written to the log.',
        maskEmailsInLog: 'The log shows only the first letter and the domain of e-mail addresses.',
        timeZone: 'The time zone of the reset times in messages to clients, such as Europe/Berlin.',
        statistics: 'Account, model, tokens and times of each request are stored on this machine, but no prompts and no responses; otherwise only the newest requests are kept, in memory.',
        statisticsLimitMb: 'When the file is larger than this, the oldest requests are deleted; their hourly and daily sums are kept.',
        prices: 'What the API would take for a model: your own prices count instead of the built-in ones.',
        metricsAccounts: 'The metrics for Prometheus tell which account served, by its label or e-mail address.',
      },
      groups: { models: 'Models', accounts: 'Accounts', alerts: 'Alerts', behaviour: 'Behaviour', privacy: 'Privacy', statistics: 'Statistics', network: 'Network', advanced: 'Advanced' },
      /** Of each choice its name, and what it means where the name does not say it. */
      choices: {
        accountStrategy: {
          sticky: ['Sticky', 'The active account, as long as it is available.'], 'round-robin': ['Round robin', 'Each new conversation goes to the next account.'],
          'most-remaining': ['Most remaining', 'The account with the most quota remaining in its most used window.'], 'soonest-reset': ['Soonest reset', 'The account whose quota resets first, so that little of it expires.'],
          'least-busy': ['Least busy', 'The account with the fewest running requests.'],
        },
        autoRedeem: { never: ['Never'], 'when-all-dry': ['When all are used up', 'The reset that expires first is redeemed.'] },
        defaultEffort: { '': ['Model default'], low: ['Low'], medium: ['Medium'], high: ['High'], xhigh: ['Extra high'], max: ['Maximum'] },
        lane: { auto: ['Automatic', 'The full form, and the short one for models that are not found otherwise.'], full: ['Full', 'Always the full form.'], lite: ['Short', 'The form that the model list names.'] },
        compressRequests: { auto: ['Automatic', 'Only to the official host.'], on: ['Always', 'To any host; one that cannot read it gets them uncompressed.'], off: ['Never'] },
        search: { auto: ['Automatic', 'The search service first, then a model.'], standalone: ['Search service', 'The search service first, then a model.'], hosted: ['Model', 'Always a model, which takes longer.'] },
        imageUrls: { pass: ['Pass on', 'The address is sent upstream, which loads the image.'], fetch: ['Load here', 'This proxy loads the image; its host sees your IP address.'], text: ['As text', 'The model sees only the address.'] },
        autoModeCheck: { client: ['Claude Code', 'Claude Code asks a model of its own choice through this proxy.'], model: ['The proxy', 'A small model judges the calls of each response before Claude Code runs them.'] },
        logLevel: { '': ['As started'], trace: ['Everything'], debug: ['Debug'], info: ['Info'], warn: ['Warnings'], error: ['Errors'], none: ['Nothing'] },
      },
      units: { alertLowPercent: '%', holdSeconds: 'seconds', holdUntilReset: 'seconds', statisticsLimitMb: 'MB' },
      unset: { reserves: 'None', anthropicModels: 'None', searchModel: 'None', advisorModel: 'None', timeZone: 'This machine’s', haikuKiloModel: 'None' },
      search: 'Search settings', noMatch: 'No setting matches', noMatchText: 'Try another word, or show all settings.', showAll: 'Show all settings', changedOnly: n => `Changed (${n})`, jump: 'Groups of settings', other: 'Other',
      changed: 'Changed', default: value => `Default: ${value}`, notSet: 'not set', on: 'on', off: 'off', entries: n => (n === 0 ? 'None' : n === 1 ? '1 entry' : `${n} entries`), range: (min, max, unit) => `${min} to ${max}${unit ? ` ${unit}` : ''}`,
      saved: 'Saved', reset: name => `Back to the default: ${name}`, resetShort: 'Reset', change: 'Change', changeThere: name => `Change: ${name}, on the Claude Code page`, member: name => `${name} in settings.json`,

      prices: {
        edit: 'Edit prices', title: 'Prices for the estimate', own: n => (n === 0 ? 'Built-in prices' : n === 1 ? '1 own price' : `${n} own prices`),
        explain: date => `US dollars per million tokens. The built-in prices are the provider’s list prices as of ${date}. They only make the estimate of what the API would cost: a plan costs nothing per token.`, explainLong: tokens => `“More when long”: a request with more than ${tokens} input tokens costs twice as much for input and one and a half times as much for output.`,
        model: 'Model', parts: { input: 'Input', cachedInput: 'Cached input', cacheWrite: 'Cache write', output: 'Output' }, partHints: { cacheWrite: 'as input' }, ownHead: 'Your own prices', builtInHead: 'Built-in prices', noOwn: 'None yet. Add one, or replace a built-in price.',
        replaced: 'replaced', from: day => `from ${day}`, until: day => `until ${day}`, long: 'more when long', every: 'every model without a price',
        add: 'Add a price', replace: name => `Replace the price of ${name}`, replaceShort: 'Replace', change: name => `Change the price of ${name}`, changeShort: 'Change', remove: name => `Remove your price of ${name}`, save: 'Save price', saved: name => `The price of ${name} is saved`, removed: name => `Your price of ${name} was removed`,
        newModel: 'Model name', newHint: '* stands for every model without a price.', missing: 'Enter the name of a model.', form: name => `Price of ${name}`, formNew: 'New price',
      },
    },

    alerts: {
      none: 'Get a message when an account is used up, comes back or needs a sign-in: on a phone, in a chat, or on this computer.', add: 'Add a channel', title: 'Where alerts go', recent: 'Latest alerts',
      kinds: { ntfy: 'ntfy (phone app)', slack: 'Slack', discord: 'Discord', webhook: 'Webhook', desktop: 'This computer', command: 'Command' },
      states: { ok: 'Arrives', untried: 'Not tried yet', failing: 'Fails', paused: 'Paused', unusable: 'Not usable' },
      setIn: { alertCommand: 'set in config.json', 'alert-channels.json': 'set on the command line' },
      usual: 'The usual events', some: n => (n === 1 ? '1 event' : `${n} events`), last: ago => `last arrived ${ago}`, never: 'nothing sent yet', waiting: n => (n === 1 ? '1 waits' : `${n} wait`),
      test: name => `Send a test to ${name}`, testShort: 'Test', delivered: name => `The test arrived at ${name}.`, notDelivered: (name, why) => `The test did not arrive at ${name}: ${why}.`,
      remove: name => `Remove ${name}`, removeShort: 'Remove', removeTitle: name => `Remove the channel ${name}?`, removeText: 'Alerts go there no more.',
      kind: 'Kind', name: 'Name', nameHint: 'Letters and digits, such as phone. Without one it is called by its kind.', topic: 'Topic', url: 'Address', token: 'Access token', tokenHint: 'Only where the receiver wants one.', secret: 'Signing secret', secretHint: 'Each message is signed with it, so that the receiver can tell it is yours.',
      hints: { ntfy: 'A name that cannot be guessed: anyone who knows it can read the alerts. Or the address of a topic at your own server.', slack: 'The address of an incoming webhook.', discord: 'The address of a webhook of the channel.', webhook: 'Gets each alert as JSON. Without https only in your own network.' },
      events: n => (n === 1 ? '1 event' : `${n} events`), includeEmail: 'E-mail addresses of accounts in messages',
    },

    log: {
      title: 'Log', search: 'Search the log', levels: 'Levels', names: { ERROR: 'Error', WARN: 'Warn', SUCCESS: 'Success', INFO: 'Info', DEBUG: 'Debug' },
      pause: 'Pause', resume: 'Resume', clear: 'Clear', clearHint: 'Clears this page only', none: 'Nothing logged yet', noMatch: 'No log entry matches', exception: 'Exception',
      live: 'Live', pausedNow: 'Paused', paused: n => `Paused, ${n} new`, states: { connecting: 'Connecting', waiting: 'Interrupted, trying again', missing: 'Not available' },
      count: (shown, found, all) => (shown < found ? `The newest ${shown} of ${found} entries` : found < all ? `${found} of ${all} entries` : all === 1 ? '1 entry' : `${all} entries`),
    },

    health: {
      doctor: 'Checks', doctorText: 'Checks the port, the clock, the network, the sign-ins and Claude Code’s settings, and says how to fix problems.',
      run: 'Run checks', checked: ago => `Checked ${ago}`, mendClaude: 'Change Claude Code’s settings', withRequest: 'Send a real request too (uses a little quota)', fix: 'Fix: ',
      states: { ok: 'OK', warn: 'Warning', fail: 'Failed', skipped: 'Skipped' },
      allWell: 'All checks passed', failed: n => (n === 1 ? '1 check failed' : `${n} checks failed`), warned: n => (n === 1 ? '1 warning' : `${n} warnings`),
      drift: 'Unknown protocol elements', driftText: 'Parts of requests or responses that this version does not know. They are harmless, but may mean that an update is needed.', noDrift: 'None so far.',
      kind: 'Kind', kinds: { request: 'Request', beta: 'Beta', upstream_event: 'Upstream event' }, name: 'Name', seen: 'Seen', first: 'First', client: 'Client', beyond: n => `${n} more are counted but not listed.`,
    },

    about: {
      program: 'Program', version: 'Version', project: 'Project', address: 'Address', baseUrl: 'Base URL', uptime: 'Uptime', key: 'Access key', keySet: 'Set', keyNone: 'None; only this machine can reach the proxy', speaksAs: 'Emulated Codex version', process: 'Process', system: 'System', reference: 'API reference', openApi: 'openapi.json',
      copy: text => `Copy ${text}`, demo: 'This is a demo: upstream and accounts are simulated, and nothing is stored.',
      open: 'Other machines can reach this proxy. They need the access key.', openWithoutKey: 'Other machines can reach this proxy without an access key. Set one with --api-key.',
      memory: 'Memory', resident: 'Resident memory', managed: 'Managed heap', caches: 'Caches', noCaches: 'None',
      of: (used, limit) => `${used} of ${limit}`, cacheEntries: n => `${n} entries`,
      files: 'Files', dataDirectory: 'Data', accountsPath: 'Accounts', settingsPath: 'Settings', configPath: 'Configuration', logFile: 'Log file', noLogFile: 'None; set one with --log-file',
      statistics: 'Statistics', path: 'File', size: 'Size', rows: 'Requests', oldest: 'Since', lost: 'Requests lost', notKept: 'Statistics cannot be stored at the moment; see the log for the reason.',
      statisticsText: 'The file contains models, tokens, times and results, but no prompts and no responses. The oldest requests are deleted when the limit is reached.',
      forget: 'Delete all statistics', forgetText: n => `${n} requests and all sums calculated from them are deleted. This cannot be undone.`, word: 'delete', typeWord: 'Type “delete” to continue.', forgetAction: 'Delete', forgotten: 'All statistics were deleted',
    },
  },
};
