// Six accounts, one in each state, and a day of traffic: what an owner of many accounts sees.
import { rewrite } from './harness.mjs';

const HOUR = 3_600_000;
const inHours = hours => new Date(Date.now() + hours * HOUR).toISOString();

/** A window that has been used evenly until now would be at the tick. */
const window = (name, hours, usedPercent, endsIn, more) => ({
  name, limit: null, model: null, windowSeconds: hours * 3600, usedPercent, leftPercent: Math.max(0, 100 - usedPercent), resetsAt: inHours(endsIn), exhausted: false,
  pace: { percentPerHour: 4, usedAtReset: usedPercent + 20, lastsUntilReset: true, emptyAt: null }, ...more,
});

const short = (emptyIn, usedAtReset) => ({ pace: { percentPerHour: 1.2, usedAtReset, lastsUntilReset: false, emptyAt: inHours(emptyIn) } });
const spark = (name, hours, used, endsIn) => window(name, hours, used, endsIn, { model: 'gpt-5.3-codex-spark', limit: 'GPT-5.3-Codex-Spark' });

const account = (name, label, plan, state, windows, more) => ({
  email: `${name}@simulated.example`, id: `${name}@simulated.example:${name}`, accountId: name, label, enabled: true, priority: 0, reserve: 0, state, stateUntil: null, stateDetail: null,
  expiresAt: inHours(200), signsOut: false, plan, planType: plan, isActive: false, tokenExpired: false, lastUsed: inHours(-1), quota: null, source: null,
  credits: { hasCredits: false, unlimited: false, balance: '0' }, windows, limits: windows, clocks: [], ...more,
});

/** In the order of the account file, which is not the order in which they serve. */
export const accounts = () => [
  account('archive', null, 'pro', 'disabled', [window('5h', 5, 0, 5), window('7d', 168, 12, 90)], { enabled: false }),
  account('team', 'Team', 'business', 'exhausted', [window('5h', 5, 100, 2.1, { exhausted: true, pace: null }), window('7d', 168, 71, 120, short(40, 140))], { stateUntil: inHours(2.1), stateDetail: 'usage limit' }),
  account('old', 'Old laptop', 'plus', 'needs-sign-in', [], { stateDetail: null }),
  account('work', 'Work', 'pro', 'ready', [window('5h', 5, 34, 3.2), window('7d', 168, 41, 61)], { isActive: true }),
  account('second', null, 'plus', 'reserved', [window('5h', 5, 8, 4.1), window('7d', 168, 86, 30, short(12, 118))], { stateUntil: inHours(30), reserve: 20 }),
  account('home', 'Home', 'plus', 'ready', [window('5h', 5, 63, 1.2, short(0.7, 112)), window('7d', 168, 55, 101), spark('5h', 5, 0, 5), spark('7d', 168, 47, 77)]),
];

const candidate = ({ id, state, stateUntil, stateDetail, priority }) => ({ account: id, state, until: stateUntil, detail: stateDetail, priority, leftPercent: 40, renewsAt: inHours(60), offersModel: true });

export const pool = told => ({
  ...told, strategy: 'sticky', accounts: accounts(), activeAccount: 'work@simulated.example:work',
  next: ['gpt-6-sol', 'gpt-6-luna'].map(model => ({ model, account: 'work@simulated.example:work', reason: 'the active account', release: null, candidates: accounts().map(candidate) })),
});

/** The order in which they serve: the next one, the other one that could, and by when they can again; last those that wait for a person. */
export const ORDER = ['Work', 'Home', 'Team', 'second@simulated.example', 'Old laptop', 'archive@simulated.example'];

export function forecast({ runsDry = true } = {}) {
  const all = accounts();
  const course = (start, steps) => steps.reduce((points, [hours, used, after]) => [...points, { at: inHours(hours), used }, ...(after === undefined ? [] : [{ at: inHours(hours), used: after }])], [{ at: inHours(0), used: start }]);
  const sum = (name, hours, used, dryIn, nextIn, points) => ({
    name, limit: null, model: null, windowSeconds: hours * 3600, capacity: 4, used, usedPercent: 25 * used, usedPerHour: used / hours, runsDryAt: dryIn === null ? null : inHours(dryIn), nextResetAt: inHours(nextIn), course: points,
  });
  return {
    at: inHours(0), ready: 2, total: 6, runsDryAt: runsDry ? inHours(112) : null,
    windows: [
      sum('5h', 5, 2.05, null, 1.2, course(2.05, [[1.2, 2.2, 1.5], [2.1, 1.6, 0.6], [3.2, 0.8, 0.3], [4.1, 0.4, 0.2]])),
      sum('7d', 168, 2.53, runsDry ? 112 : null, 30, course(2.53, [[30, 3.1, 2.2], [61, 2.9, 2.3], [101, 3.6, 3.0], runsDry ? [112, 4] : [120, 3.2, 2.4]])),
    ],
    resets: all.filter(each => each.enabled && each.state !== 'needs-sign-in').flatMap(each => each.windows.filter(one => !one.limit).map(one => ({
      at: one.resetsAt, account: each.id, accountLabel: each.label ?? each.email, window: one.name, limit: null, usedPercent: one.usedPercent,
    }))).sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
    accounts: all.map(({ id, label, email, plan, state, stateUntil, windows }) => ({ id, label: label ?? email, plan, state, stateUntil, windows })),
  };
}

const sums = (requests, failed, fresh, cached, written, output, usd) => ({
  requests, failed, left: 0, fresh, cached, written, output, reasoning: 0, cacheHitRate: fresh + cached + written ? Math.round((cached / (fresh + cached + written)) * 10_000) / 10_000 : null,
  firstTokenP50Ms: 1240, firstTokenP95Ms: 4100, totalP50Ms: 9000, totalP95Ms: 41_000, cost: { usd, unpricedTokens: 0 },
});

/** Traffic of working hours in quarters of an hour, the same at each run. */
export function stats(told) {
  const quarter = 900_000;
  const begin = Math.floor((Date.now() - 24 * HOUR) / quarter) * quarter;
  const series = Array.from({ length: 96 }, (_, i) => {
    const wave = Math.max(0, Math.sin((i / 96) * Math.PI * 3 - 0.6)) + ((i * 7) % 11) / 30;
    const requests = Math.round(wave * 9);
    return { at: new Date(begin + i * quarter).toISOString(), ...sums(requests, i % 29 === 11 ? 1 : 0, requests * 900, requests * (9_000 + (i % 13) * 300), requests * 300, requests * 420, requests * 0.0081) };
  });
  const total = name => series.reduce((sum, point) => sum + point[name], 0);
  const parts = ['fresh', 'cached', 'written', 'output'].map(total);
  const price = { input: 2, cachedInput: 0.2, cacheWrite: 2.5, output: 10, from: null };
  const usd = (parts[0] * 2 + parts[1] * 0.2 + parts[2] * 2.5 + parts[3] * 10) / 1e6;
  const totals = sums(total('requests'), total('failed'), ...parts, usd);
  return {
    ...told, from: series[0].at, to: inHours(0), bucketSeconds: 900, series, totals: { ...totals, cost: { usd, unpricedTokens: 12_400, parts: {} } },
    groups: [{ key: 'rate_limit_error', label: 'rate_limit_error', ...sums(3, 3, 0, 0, 0, 0, 0) }, { key: 'api_error', label: 'api_error', ...sums(1, 1, 0, 0, 0, 0, 0) }],
    previous: { ...totals, requests: totals.requests - 40, cacheHitRate: totals.cacheHitRate - 0.021 }, pricesAsOf: '2026-11-29',
    costLines: [
      { model: 'gpt-6-sol', longContext: false, price, fresh: parts[0], cached: parts[1], written: parts[2], output: parts[3], usd },
      { model: 'gpt-5.3-codex-spark', longContext: false, price: null, fresh: 12_000, cached: 0, written: 0, output: 400, usd: null },
    ],
  };
}

/** Answers with these. What the program tells otherwise, it goes on telling. */
export async function answerSix(page, { dry = true } = {}) {
  await rewrite(page, '/api/pool', pool);
  await rewrite(page, '/accounts', told => ({ ...told, accounts: accounts(), total: 6, activeAccount: 'work@simulated.example' }));
  await rewrite(page, '/api/stats', stats);
  await page.route(address => address.pathname === '/api/forecast', route => route.fulfill({ json: forecast({ runsDry: dry }) }));
  // The program does not know them, when the details of one are opened.
  await page.route(address => address.pathname === '/accounts/quota', route => route.fulfill({ json: { windows: [], credits: { hasCredits: false, unlimited: false, balance: null }, quota: null, warning: null } }));
}
