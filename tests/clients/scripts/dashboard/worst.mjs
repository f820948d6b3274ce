// The longest that may come, put into what the program answers: addresses, names of models, paths and reasons without a place to break.
import { rewrite } from './harness.mjs';

const EMAIL = 'maximiliane.von-der-hohenlohe-schillingsfuerst.quota-experiments@a-subdomain.of-an-unusually-long-company-name.simulated.example';
const LABEL = 'The-account-that-the-whole-department-shares-since-last-week';
export const MODEL = 'gpt-5.3-codex-spark-preview-with-an-unreasonably-long-name-2026-11-30';
const PATH = `/home/${'someone-with-a-long-name'}/${'projects-of-the-last-twenty-years'}/${'a-repository-whose-name-is-a-sentence'.repeat(2)}/${'settings'.repeat(4)}.json`;
const REASON = `the workspace of ${EMAIL} refused ${MODEL}`;

const inHours = hours => new Date(Date.now() + hours * 3_600_000).toISOString();

const window = (name, hours, usedPercent, more) => ({
  name, limit: null, model: null, windowSeconds: hours * 3600, usedPercent, leftPercent: Math.max(0, 100 - usedPercent), resetsAt: inHours(hours * 0.6), exhausted: false,
  pace: { percentPerHour: 12.4, usedAtReset: 180, lastsUntilReset: false, emptyAt: inHours(hours * 0.3) }, ...more,
});

const WINDOWS = [
  window('5h', 5, 100, { exhausted: true }), window('7d', 168, 82),
  window('5h', 5, 63, { limit: MODEL.toUpperCase(), model: MODEL }), window('7d', 168, 100, { limit: MODEL.toUpperCase(), model: MODEL, exhausted: true, pace: null }),
];

const STATES = [
  { state: 'ready', stateUntil: null, stateDetail: 'a quota window is full, but upstream has not refused a request yet' },
  { state: 'exhausted', stateUntil: inHours(90), stateDetail: 'usage limit' },
  { state: 'cooling-down', stateUntil: inHours(0.2), stateDetail: REASON },
  { state: 'reserved', stateUntil: inHours(50), stateDetail: 'the reserve of 20 % of the weekly quota window is reached' },
  { state: 'needs-sign-in', stateUntil: null, stateDetail: `${REASON}.` },
  { state: 'disabled', stateUntil: null, stateDetail: null, enabled: false },
];

/** Six accounts, one in each state. */
const accounts = ([first]) => STATES.map((state, i) => ({
  ...first, email: `${i}${EMAIL}`, id: `${i}${EMAIL}:workspace-${i}`, label: i % 2 ? `${LABEL}-${i}` : null, plan: 'enterprise', planType: 'enterprise', isActive: i === 0, signsOut: i === 2, priority: -1000, reserve: 20,
  source: 'imported', lastUsed: inHours(-200), windows: WINDOWS, limits: WINDOWS, clocks: [{ kind: 'exhausted', model: MODEL, until: inHours(90), reason: 'usage limit' }],
  credits: { hasCredits: true, unlimited: false, balance: '123456789.12345' }, enabled: true, ...state,
}));

const candidate = (account, i) => ({
  account: account.id, state: account.state, until: account.stateUntil, detail: account.stateDetail, priority: -1000, leftPercent: 12.34, renewsAt: inHours(100), offersModel: false,
});

function pool(told) {
  const all = accounts(told.accounts);
  const next = { model: MODEL, account: all[0].id, reason: REASON, release: null, candidates: all.map(candidate) };
  return { ...told, accounts: all, activeAccount: all[0].id, next: [next, { ...next, model: `${MODEL}-mini`, account: all[1].id }, { ...next, model: `${MODEL}-nano`, account: null }] };
}

const row = (i, more) => ({
  id: `req_${String(i).padStart(24, '0')}`, received: inHours(-i / 60), path: '/v1/messages', client: 'a-client-with-a-long-name/12.34.56', userAgent: 'x'.repeat(80), requestedModel: MODEL, upstreamModel: `${MODEL}-upstream`,
  lane: 'opus', effort: 'xhigh', streamed: true, account: `1${EMAIL}:workspace-1`, accountLabel: `${LABEL}-1`, conversation: 'c'.repeat(60), session: 's'.repeat(60), agent: 'a'.repeat(60), project: PATH, sideCall: null, status: 200,
  outcome: 'ok', stopReason: 'end_turn', errorType: null, errorCode: null, errorMessage: null, heldMs: 0, connectMs: 410, firstEventMs: 6200, firstTokenMs: 83_000, totalMs: 1_240_000,
  tokens: { fresh: 1_234_567, cached: 987_654, written: 100, output: 123_456, reasoning: 9999, estimated: true }, webSearches: 3, attempts: 3, ...more,
});

const rows = () => [
  row(1), row(2, { outcome: 'left', sideCall: 'classifier' }), row(3, { outcome: 'failed', status: 400, errorType: 'invalid_request_error', errorMessage: REASON }),
  row(4, { outcome: 'failed', status: 529, errorType: 'an_error_type_of_the_future_with_a_long_name', errorCode: 'c'.repeat(60), errorMessage: REASON, tokens: null }),
];

const detail = () => ({
  ...rows()[3], tokens: row(1).tokens, capture: false, route: { reason: `${MODEL} stands for ${MODEL}-upstream` },
  timeline: ['received', 'converted', 'sent', 'headers', 'firstEvent', 'firstToken', 'lastByte'].map((name, i) => ({ name, atMs: i * 20_000 })),
  attempts: [{ account: `1${EMAIL}:workspace-1`, reason: REASON, startMs: 0, durationMs: 12, failure: 'UsageLimit', decision: 'NextAccount', change: PATH }, { account: `0${EMAIL}:workspace-0`, reason: REASON, startMs: 20, durationMs: 1_220_000, failure: null }],
  selections: [{ account: `0${EMAIL}:workspace-0`, reason: REASON, candidates: accounts([{}]).map(candidate) }],
  checks: [{ tool: `mcp__${'server'.repeat(8)}__tool`, outcome: 'flagged', rule: 'R'.repeat(60), explanation: PATH, step: 'judged' }],
});

const GROUP = {
  requests: 12_345_678, failed: 123_456, left: 12, fresh: 1_234_567_890, cached: 9_876_543_210, written: 123_456_789, output: 987_654_321, reasoning: 1, cacheHitRate: 0.8765, firstTokenP50Ms: 83_000, firstTokenP95Ms: 1_240_000,
  totalP50Ms: 1_240_000, totalP95Ms: 12_400_000, cost: { usd: 1_234_567.89, unpricedTokens: 123_456_789, parts: { fresh: 1_234.56, cached: 123_456.78, written: 12, output: 9_876_543.21 } },
};

const seriesOf = ({ series }) => Object.fromEntries(['requests', 'failed', 'input', 'cached', 'output', 'usd', 'firstTokenP50Ms', 'firstTokenP95Ms', 'totalP50Ms', 'totalP95Ms'].map(name => [name, series.map((_, i) => 1_234_567 * i)]));

const REPLIES = {
  '/api/pool': pool,
  '/accounts': told => ({ ...told, accounts: accounts(told.accounts), total: 6, activeAccount: `0${EMAIL}` }),
  '/accounts/quota': () => ({ success: true, email: EMAIL, quota: null, cached: true, plan: 'enterprise', credits: { hasCredits: true, unlimited: false, balance: '123456789.12345' }, windows: WINDOWS.map(each => ({ ...each, history: [{ at: inHours(-3), usedPercent: 10 }, { at: inHours(-1), usedPercent: 90 }] })), warning: REASON }),
  '/api/forecast': told => ({
    ...told, runsDryAt: inHours(90),
    windows: WINDOWS.map(each => ({
      name: each.name, limit: each.limit, model: each.model, windowSeconds: each.windowSeconds, capacity: 6, used: 5.98, usedPercent: 99.67, usedPerHour: 0.4, runsDryAt: inHours(90), nextResetAt: inHours(80),
      course: [{ at: inHours(0), used: 5.98 }, { at: inHours(80), used: 5.99 }, { at: inHours(80), used: 4 }, { at: inHours(90), used: 6 }],
    })),
    resets: accounts([{}]).map((account, i) => ({ at: inHours(20 * (i + 1)), account: account.id, accountLabel: account.label ?? account.email, window: i % 2 ? '5h' : '7d', limit: null, usedPercent: 99 })),
    accounts: accounts([{}]).map(account => ({ ...account, label: account.label ?? account.email })),
  }),
  '/api/stats': told => ({
    ...told, pricesAsOf: '2026-11-29', groups: ['an_error_type_of_the_future_with_a_long_name', MODEL, PATH, EMAIL].map(key => ({ ...GROUP, key, label: key, series: seriesOf(told) })),
    totals: { ...told.totals, requests: 12_345_678, failed: 1_234_567, fresh: 1_234_567_890, cached: 9_876_543_210, written: 123_456_789, output: 987_654_321, cacheHitRate: 0.8765, cost: { ...GROUP.cost } },
    costLines: Array.from({ length: 9 }, (_, i) => ({
      model: `${MODEL}-${i}`, longContext: i % 2 === 1, price: { input: 12.125, cachedInput: 1.125, cacheWrite: 15.125, output: 75.125, from: '2026-08-21' }, fresh: 1_234_567_890, cached: 9_876_543_210, written: 123_456_789, output: 987_654_321, usd: 123_456.78,
    })),
  }),
  '/api/stats/hours': told => ({ ...told, days: told.days.map(day => ({ ...day, requests: day.requests.map((_, i) => 1_234_567 * i), tokens: day.tokens.map((_, i) => 9_876_543_210 * i), usd: day.usd.map((_, i) => 1_234_567.89 * i) })) }),
  '/api/requests': () => ({ requests: rows(), next: null }),
  '/api/conversation': told => ({
    ...told, project: PATH, client: 'a-client-with-a-long-name/12.34.56', totals: { ...told.totals, requests: 1234, failed: 123, fresh: 1_234_567_890, cached: 9_876_543_210, written: 0, output: 987_654_321, cacheHitRate: 0.8765, cost: { usd: 1_234_567.89, unpricedTokens: 123_456_789, parts: {} } },
    turns: Array.from({ length: 40 }, (_, i) => ({
      id: `req_${String(i).padStart(24, '0')}`, received: inHours(i / 60 - 1), agent: i % 3 ? null : 'a'.repeat(60), sideCall: i % 7 ? null : 'classifier', requestedModel: MODEL, upstreamModel: `${MODEL}-upstream`, contextWindow: 272_000, inputTokens: 1_234_567 * (i + 1),
      cachedTokens: i % 5 ? 1_234_567 * i : 0, outputTokens: 123_456, usd: 123_456.78, account: `1${EMAIL}:workspace-1`, accountLabel: `${LABEL}-1`, failover: i % 6 === 0, moved: i % 4 === 0, attempts: 3, outcome: i % 8 ? 'ok' : 'failed',
      errorType: i % 8 ? null : 'an_error_type_of_the_future_with_a_long_name', totalMs: 1_240_000,
    })),
  }),
  '/api/prices': told => ({ ...told, prices: [{ model: MODEL.repeat(2), own: true, longContext: false, price: { input: 99_999.125, cachedInput: 99_999.125, cacheWrite: 99_999.125, output: 99_999.125, from: null } }, ...told.prices] }),
  '/claude/config': told => ({ ...told, configPath: PATH, baseUrl: `http://${'a'.repeat(60)}.example/`, state: 'other', canSetAside: true, entries: told.entries.map(entry => ({ ...entry, value: PATH, recommended: MODEL })), warnings: [{ message: `${PATH} sets ANTHROPIC_MODEL`, fix: `Remove it from ${PATH}` }] }),
  '/claude/environment': told => ({ ...told, snippets: told.snippets.map(snippet => ({ ...snippet, text: `${snippet.text}\n${PATH}` })), variables: told.variables.map(each => ({ ...each, value: MODEL })) }),
  '/settings/models': told => ({
    ...told, lanes: Object.fromEntries(Object.entries(told.lanes).map(([lane, route]) => [lane, { ...route, model: MODEL, why: REASON, effort: 'xhigh', fast: true, known: false }])),
    mappings: { [`${MODEL}-*`]: MODEL }, resolved: { [`${MODEL}-*`]: { model: MODEL, why: REASON, known: false, effort: 'xhigh' } },
  }),
  '/settings/kilo-models': told => ({ ...told, models: [{ id: `vendor/${MODEL}:free`, name: `${MODEL.replaceAll('-', '_')} (free)`, context_length: 1_000_000, supportsTools: false }] }),
  '/api/about': told => ({ ...told, commit: 'c'.repeat(40), address: `http://${'a'.repeat(60)}.example:8081`, dataDirectory: PATH, accountsPath: PATH, settingsPath: PATH, configPath: PATH, logFile: PATH, os: `Linux ${'6'.repeat(60)}` }),
  '/api/stats/storage': told => ({ ...told, path: PATH }),
  '/api/drift': told => ({ ...told, entries: [{ kind: 'request', name: `messages.content.${'block'.repeat(12)}`, count: 3, first_seen: inHours(-2), first_client: 'a-client-with-a-long-name/12.34.56' }] }),
  '/v1/models': told => ({ ...told, data: [...told.data, { ...told.data[0], id: MODEL }] }),
  '/api/doctor': () => ({ checks: ['ok', 'warn', 'fail', 'skipped'].map(status => ({ id: `account:${status}`, title: `Account ${LABEL}`, status, detail: `${REASON} ${PATH}`, fix: `Remove ${PATH}`, ms: 1234 })) }),
};

/** Answers with these things; a stream stays as it is. */
export async function answerTheWorst(page) {
  for (const [pathname, reply] of Object.entries(REPLIES)) {
    // What says nothing of the real answer needs none.
    if (reply.length === 0) await page.route(address => address.pathname === pathname, route => route.fulfill({ json: reply() }));
    else await rewrite(page, pathname, reply);
  }
  await page.route(address => /^\/api\/requests\/req_\d+$/.test(address.pathname), route => route.fulfill({ json: detail() }));
  await page.route(address => address.pathname === '/v1/messages', route => route.fulfill({ status: 401, json: { type: 'error', error: { type: 'authentication_error', message: `The sign-in of ${EMAIL} is no longer valid.` } } }));
}
