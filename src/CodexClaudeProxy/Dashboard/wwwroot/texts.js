// Every word of the page. Sentences that the program itself says (reasons, failures) come from the program.

export const texts = {
  product: 'codex-claude-proxy',
  skip: 'Skip to content',
  loading: 'Loading',
  copied: 'Copied',
  notCopied: 'The browser did not allow copying. Select the text and copy it by hand.',
  failed: 'This could not be loaded',

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
    paceEnds: (at, span) => `At this pace it lasts until ${at}, ${span} before the reset.`,
    paceUnknown: 'Pace not known yet.',
  },
};
