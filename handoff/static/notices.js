// What is new between two readings of the queue, for sounds, notifications and screen readers.
import { duration, now } from "./format.js";

const all = ({ waiting = [], mine = [], with_colleagues: theirs = [] }) => [...waiting, ...mine, ...theirs];

/** [{kind: "alarm" | "offer" | "given" | "waits", entry, words}], the most pressing first. */
export function news(before, after, acted) {
  const had = new Map(all(before).map((entry) => [entry.conversation, entry]));
  const were = new Set((before.mine ?? []).map((entry) => entry.conversation));
  const found = [];
  for (const entry of all(after)) {
    const old = had.get(entry.conversation);
    const who = entry.customer || "A visitor";
    const ask = entry.first_ask ? `: ${entry.first_ask}` : "";
    if (entry.alarm && !old?.alarm) found.push({ kind: "alarm", entry, words: `Alarm. ${who}${ask}. ${entry.priority_reason}` });
    else if (entry.offered && !old?.offered) {
      const left = duration(Date.parse(entry.offered_until) - now());
      found.push({ kind: "offer", entry, words: `${who} is offered to you for ${left}${ask}` });
    }
  }
  for (const entry of after.mine) {
    if (were.has(entry.conversation) || acted.has(entry.conversation) || entry.joined) continue;
    found.push({ kind: "given", entry, words: `${entry.customer || "A visitor"} is your chat now` });
  }
  const fresh = after.waiting.filter((entry) => !had.has(entry.conversation) && entry.can_take && !entry.offered && !entry.alarm);
  for (const entry of fresh) found.push({ kind: "waits", entry, words: `${entry.customer || "A visitor"} waits${entry.first_ask ? `: ${entry.first_ask}` : ""}` });
  return found;
}

export const TITLES = { alarm: "Alarm", offer: "A chat is offered to you", given: "A chat was given to you", waits: "A customer waits" };

const MOST = 1500; // ms of rest: a slow server must not make an old picture

/**
 * Call `read` at once, then for each `ask()` again, yet no more often than it can bear: a burst of hints is one
 * reading, and a reading that took long is given a rest three times as long, within bounds.
 */
export function paced(read, least) {
  let running = false;
  let wanted = false;
  let timer = null;
  const go = async () => {
    clearTimeout(timer);
    timer = null;
    if (running) {
      wanted = true;
      return;
    }
    running = true;
    wanted = false;
    const started = performance.now();
    try {
      await read();
    } finally {
      running = false;
      timer = setTimeout(() => {
        timer = null;
        if (wanted) go();
      }, Math.max(least, Math.min(MOST, 3 * (performance.now() - started))));
    }
  };
  return {
    /** Soon, at the pace. */
    ask: () => { if (running || timer !== null) wanted = true; else go(); },
    /** Now; resolves when read. A reading under way began before the change that asks, so it is done once more. */
    now: async () => {
      while (running) await new Promise((resolve) => { setTimeout(resolve, 10); });
      return go();
    },
  };
}
