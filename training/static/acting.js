// What the trainer's deeds are made of: which messages they are about, what is sent, and how it is taken back.
import { api } from "./api.js";

const AT_ONCE = 100; // as training/labels.py

const chunks = (list) => Array.from({ length: Math.ceil(list.length / AT_ONCE) }, (_, at) => list.slice(at * AT_ONCE, (at + 1) * AT_ONCE));

/** How many messages some lines stand for. */
export const countOf = (lines) => lines.reduce((sum, line) => sum + line.size, 0);

export const plural = (count, one, many) => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** Send several requests after each other as one; what was done before one failed is told with the error. */
async function together(requests) {
  const all = { done: [], refused: [], asked: [] };
  for (const request of requests) {
    try {
      const { done = [], refused = [], asked = [] } = (await request()) ?? {};
      all.done.push(...done, ...asked);
      all.asked.push(...asked);
      all.refused.push(...refused.filter(({ turn_id }) => !asked.includes(turn_id)));
    } catch (error) {
      error.done = all.done;
      throw error;
    }
  }
  return all;
}

/** The messages that a line stood for when it was acted on; undefined: too many to name, so all that its cluster has. */
async function ids(line) {
  if (line.size === 1) return [line.id];
  return (line.members ?? await line.know())?.map((item) => item.turn_id);
}

const idsOfAll = async (lines) => (await Promise.all(lines.map(async (line) => (await ids(line)) ?? [line.id]))).flat();

function parted(lines) {
  const plain = lines.filter((line) => line.size === 1 && !line.spans.length);
  return { plain: chunks(plain.map((line) => line.id)), marked: lines.filter((line) => line.spans.length), folded: lines.filter((line) => line.size > 1) };
}

function labelRequests(lines, intent) {
  const { plain, marked, folded } = parted(lines);
  return [
    ...plain.map((some) => () => api.label(some, intent)),
    // Entities belong to the one sentence in which they were marked.
    ...marked.map((line) => () => api.label([line.id], intent, line.spans)),
    ...folded.map((line) => async () => {
      const turns = (await ids(line))?.filter((one) => !line.spans.length || one !== line.id);
      return turns?.length === 0 ? {} : api.labelCluster(line.item.cluster, intent, turns);
    }),
  ];
}

function ignoreRequests(lines) {
  const single = lines.filter((line) => line.size === 1).map((line) => line.id);
  return [
    ...chunks(single).map((some) => () => api.ignore(some)),
    ...lines.filter((line) => line.size > 1).map((line) => async () => api.ignoreCluster(line.item.cluster, await ids(line))),
  ];
}

const each = (list, call) => list.map((one) => async () => (await call(one)) ?? { done: [one] });
const undoing = (done) => chunks(done).map((some) => () => api.undo(some));

/** Back from the editors; with another that was sent together it may have returned already. */
const bringBack = (turn) => api.bringBack(turn).catch((error) => { if (error.status !== 404) throw error; });

const listed = (lines) => lines.map((line) => line.id);

/** What labels lines of a list that is dealt with: a label moves, and what the editors have returns first. */
function changing(lines, intent, show) {
  const moved = each(listed(lines), (turn) => api.relabel(turn, intent));
  return show === "sent" ? [...each(listed(lines), bringBack), ...moved] : moved;
}

/** What makes them again what they were. */
const sentAgain = (lines, show) => (show === "sent" ? chunks(listed(lines)).map((some) => () => api.missing(some, "")) : []);

/** The deeds: each for `Deeds.act`. `show`: which list the lines are from. */
export const deed = {
  label: (lines, intent, words, show) => ({
    lines, counts: show === "labelled" ? 0 : countOf(lines),
    said: countOf(lines) > 1 ? `${countOf(lines)} messages labelled as ${words}` : `Labelled as ${words}`,
    send: () => together(show === "open" ? labelRequests(lines, intent) : changing(lines, intent, show)),
    takeBack: (done) => together([...undoing(done), ...sentAgain(lines, show)]),
  }),

  /** Each gets the intent that was predicted for it. */
  confirm: (lines, words) => {
    const guesses = [...new Set(lines.map((line) => line.item.intent))];
    const one = guesses.length > 1 ? "" : words(guesses[0]);
    return {
      lines, counts: countOf(lines),
      said: one && countOf(lines) === 1 ? `Labelled as ${one}` : `${countOf(lines)} messages ${one ? `labelled as ${one}` : "confirmed"}`,
      send: () => together(guesses.flatMap((guess) => labelRequests(lines.filter((line) => line.item.intent === guess), guess))),
      takeBack: (done) => together(undoing(done)),
    };
  },

  create: (lines, { name, examples }, words) => ({
    lines, counts: countOf(lines) + examples.length, said: `New intent: ${words}`,
    send: async () => {
      const turns = await idsOfAll(lines);
      const problems = new Map((await api.createIntent(name, turns, examples)).refused.map(({ text, problem }) => [text, problem]));
      const refused = lines.filter((line) => problems.has(line.item.text)).map((line) => ({ turn_id: line.id, problem: problems.get(line.item.text) }));
      return { done: turns.filter((turn) => !refused.some((one) => one.turn_id === turn)), refused };
    },
    // With the last message go what was typed and the intent itself, unless something else uses it by then.
    takeBack: (done) => together(undoing(done)),
  }),

  ignore: (lines, show) => ({
    lines, counts: 0, said: `${plural(countOf(lines), "message", "messages")} ignored`,
    send: () => together(show === "open" ? ignoreRequests(lines) : changing(lines, "ignored", show)),
    takeBack: (done) => together([...undoing(done), ...sentAgain(lines, show)]),
  }),

  missing: (lines, note) => ({
    lines, counts: 0, said: "Sent to the editors",
    send: async () => together(chunks(await idsOfAll(lines)).map((some) => () => api.missing(some, note))),
    // What was sent together returns together.
    takeBack: (done) => together(each(chunks(done).map(([first]) => first), api.bringBack)),
  }),

  /** A first opinion; a colleague gives the second without seeing it. */
  ask: (line, intent, words) => {
    let opinion = null;
    return {
      lines: [line], counts: 0, said: `A colleague is asked; you said ${words}`,
      send: async () => {
        opinion = (await api.ask(line.id, intent)).case_id;
        return { done: [line.id] };
      },
      takeBack: () => api.withdraw(opinion),
    };
  },

  /** From the list of what is dealt with back to what is to do. */
  bringBack: (lines, show) => ({
    lines, counts: 0, said: `${plural(lines.length, "message is", "messages are")} to do again`,
    send: async () => {
      await together(show === "sent" ? each(listed(lines), bringBack) : undoing(listed(lines)));
      return { done: listed(lines) };
    },
    takeBack: () => together(show === "sent" ? sentAgain(lines, show) : show === "ignored" ? ignoreRequests(lines)
      : lines.map((line) => () => api.label([line.id], line.item.label))),
  }),
};
