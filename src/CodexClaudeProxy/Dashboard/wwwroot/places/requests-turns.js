// What the turns of a session tell one by one: where the prompt cache was missed, the context was shortened, or another account served.

/** @import { ConversationTurn } from '../lib/answers' */

/** Less than that much of what the turn before has sent came from the prompt cache: it was missed. */
const MISSED = 0.5;
/** Below that there is no cache to speak of. */
const LEAST = 4_000;
/** The context is that much smaller than the one before: it was shortened. */
const SHORTENED = 0.7;
/** A pause that can explain a miss. */
const PAUSE = 5 * 60_000;

/**
 * The turns with their number and with marks: failed, failover, moved, lost (with the tokens), shortened (with the tokens before).
 * Only turns of the same agent are compared, and side calls with none.
 * @param {ConversationTurn[]} turns the oldest first
 */
export function annotate(turns) {
  const before = new Map();
  return turns.map((turn, i) => {
    const known = turn.inputTokens !== null && turn.sideCall === null;
    const earlier = known ? before.get(turn.agent) : undefined;
    if (known) before.set(turn.agent, turn);
    return { ...turn, number: i + 1, ...(earlier ? compared(turn, earlier) : { lost: 0, pause: 0, shortenedFrom: 0 }) };
  });
}

/** @typedef {ReturnType<typeof annotate>[number]} Turn */

/**
 * @param {ConversationTurn} turn
 * @param {ConversationTurn} earlier
 */
function compared(turn, earlier) {
  if (turn.inputTokens < earlier.inputTokens * SHORTENED) return { lost: 0, pause: 0, shortenedFrom: earlier.inputTokens };
  const lost = earlier.inputTokens - turn.cachedTokens;
  if (earlier.inputTokens < LEAST || lost < earlier.inputTokens * MISSED) return { lost: 0, pause: 0, shortenedFrom: 0 };
  const pause = Date.parse(turn.received) - Date.parse(earlier.received) - earlier.totalMs;
  return { lost, pause: pause >= PAUSE ? pause : 0, shortenedFrom: 0 };
}

/** @param {Turn} turn */
export const marksOf = turn => [
  turn.outcome === 'failed' && 'failed', turn.failover && 'failover', turn.moved && !turn.failover && 'moved', turn.lost > 0 && 'lost', turn.shortenedFrom > 0 && 'shortened',
].filter(Boolean);
