// The desk's REST interface (docs/frames.md, "Staff REST"), and the ticket for the staff socket.

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export async function call(method, path, body) {
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

const chat = (id, what) => `/api/conversations/${encodeURIComponent(id)}/${what}`;

export const api = {
  queue: () => call("GET", "/api/queue"),
  card: (id) => call("GET", chat(id, "card")),
  claim: (id, over = false) => call("POST", chat(id, "claim"), { over_capacity: over }),
  accept: (id) => call("POST", chat(id, "accept")),
  decline: (id) => call("POST", chat(id, "decline")),
  join: (id) => call("POST", chat(id, "join")),
  leave: (id) => call("POST", chat(id, "leave")),
  escalate: (id, note) => call("POST", chat(id, "escalate"), { note }),
  someoneElse: (id, note) => call("POST", chat(id, "someone-else"), { note }),
  raiseAlarm: (id, why) => call("POST", chat(id, "alarm"), { why }),
  ownAlarm: (id) => call("POST", chat(id, "alarm/own")),
  views: () => call("GET", "/api/desk/views"),
  saveView: (name, filters, shared) => call("POST", "/api/desk/views", { name, filters, shared }),
  deleteView: (id) => call("DELETE", `/api/desk/views/${encodeURIComponent(id)}`),
  mentions: () => call("GET", "/api/desk/mentions"),
  mentionsRead: () => call("POST", "/api/desk/mentions/read"),
  replies: (id) => call("GET", chat(id, "replies")),
  replyUsed: (reply) => call("POST", `/api/desk/replies/${encodeURIComponent(reply)}/used`),
  checkText: (text) => call("POST", "/api/desk/replies/check", { text }),
  macros: () => call("GET", "/api/desk/macros"),
  macroPreview: (id, macro) => call("GET", chat(id, `macros/${encodeURIComponent(macro)}`)),
  runMacro: (id, macro, body) => call("POST", chat(id, `macros/${encodeURIComponent(macro)}`), body),
  search: (words) => call("GET", `/api/desk/search?q=${encodeURIComponent(words)}`),
  presence: (away, automatic = false) => call("PUT", "/api/desk/presence", { away, automatic }),
  removeFile: (id, file) => call("DELETE", chat(id, `files/${encodeURIComponent(file)}`)),
  release: (id) => call("POST", chat(id, "release")),
  /** `answer`: an outcome, or all of the form (case_form.js). */
  close: (id, answer) => call("POST", chat(id, "close"), typeof answer === "string" ? { outcome: answer } : answer),
  caseOf: (id) => call("GET", chat(id, "case")),
  tick: (id, step, text, done) => call("PUT", chat(id, "case/tick"), { step, text, done }),
  follow: (id, sop) => call("PUT", chat(id, "case/procedure"), { sop }),
  causes: (text, topic) => call("GET", `/api/desk/causes?${new URLSearchParams(topic ? { text, topic } : { text })}`),
  customer: (id) => call("GET", chat(id, "customer")),
  promise: (id, why, due_at) => call("POST", chat(id, "follow-up"), { why, due_at }),
  followedUp: (id, note) => call("POST", `/api/desk/follow-ups/${encodeURIComponent(id)}/done`, { note }),
  handBack: (id, note = "") => call("POST", chat(id, "hand-back"), { note }),
  /** `to`: {to} a colleague, or {team}; `over`: though the colleague has no room. */
  transfer: (id, to, note, over = false) => call("POST", chat(id, "transfer"), { ...to, note, over_capacity: over }),
  note: (id, text) => call("POST", chat(id, "note"), { text }),
  notes: (id, before) => call("GET", `${chat(id, "notes")}?${new URLSearchParams({ before })}`),
  timeline: (id, before) => call("GET", `${chat(id, "case/timeline")}?${new URLSearchParams({ before })}`),
  intents: () => call("GET", "/api/desk/intents"),
  correct: (id, body) => call("POST", chat(id, "corrections"), body),
  uncorrect: (id, correction) => call("DELETE", chat(id, `corrections/${encodeURIComponent(correction)}`)),
  /** For the Connection: a refusal of the session itself ends the attempts. */
  ticket: async () => {
    try {
      return await call("POST", "/api/staff/ticket");
    } catch (error) {
      error.fatal = error.status === 401 || error.status === 403;
      throw error;
    }
  },
};

export function signIn() {
  location.assign(`/staff/login?next=${encodeURIComponent(location.pathname)}`);
}
