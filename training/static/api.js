// The trainer's room over REST (docs/routes.md, /api/training). A busy server is asked again; all else is told in words.

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

const BUSY = [429, 503];
const WAITS = [500, 1500, 4000]; // ms; nothing is typed again because of a busy moment

async function once(method, path, body) {
  const headers = { "X-Handrail": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(0, "offline", "The server can't be reached. Please try again.");
  }
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const error = await answer.json().then((it) => it.error, () => null);
  throw new Refused(answer.status, error?.code ?? "error", error?.message ?? "Something went wrong.");
}

async function call(method, path, body) {
  for (const wait of [...WAITS, null]) {
    try {
      return await once(method, path, body);
    } catch (error) {
      if (error.status === 401) location.assign(`/staff/login?next=${encodeURIComponent(location.pathname)}`);
      if (wait === null || !BUSY.includes(error.status)) throw error;
      await new Promise((go) => setTimeout(go, wait));
    }
  }
}

const ROOM = "/api/training";
const id = encodeURIComponent;

export const api = {
  /** What the page needs once: words, intents, entities, what was labelled since midnight here. */
  page: () => call("GET", `${ROOM}/page?since=${id(new Date(new Date().setHours(0, 0, 0, 0)).toISOString())}`),
  inbox: (query) => call("GET", `${ROOM}/inbox?${new URLSearchParams(query)}`),
  conversation: (turn) => call("GET", `${ROOM}/conversations/${id(turn)}`),
  /** `spans`: entities that the trainer marked, only with one message. */
  label: (turn_ids, intent, spans) => call("POST", `${ROOM}/labels`, spans?.length ? { turn_ids, intent, spans } : { turn_ids, intent }),
  undo: (turn_ids) => call("POST", `${ROOM}/undo`, { turn_ids }),
  ignore: (turn_ids) => call("POST", `${ROOM}/ignore`, { turn_ids }),
  /** Without `turn_ids` every message of the cluster that nobody has dealt with. */
  labelCluster: (cluster, intent, turn_ids) => call("POST", `${ROOM}/clusters/${id(cluster)}/label`, { intent, turn_ids }),
  ignoreCluster: (cluster, turn_ids) => call("POST", `${ROOM}/clusters/${id(cluster)}/ignore`, { turn_ids }),
  missing: (turn_ids, note) => call("POST", `${ROOM}/missing`, { turn_ids, note }),
  bringBack: (turn) => call("DELETE", `${ROOM}/missing/${id(turn)}`),
  ask: (turn_id, intent) => call("POST", `${ROOM}/opinions`, { turn_id, intent }),
  withdraw: (opinion) => call("DELETE", `${ROOM}/opinions/${id(opinion)}`),
  /** Another intent, or "ignored", for what is dealt with already. */
  relabel: (turn_id, intent) => call("POST", `${ROOM}/relabel`, { turn_id, intent }),
  intents: () => call("GET", `${ROOM}/intents`),
  createIntent: (name, turn_ids, examples) => call("POST", `${ROOM}/intents`, { name, turn_ids, examples }),
};
