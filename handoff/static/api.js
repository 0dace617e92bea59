// The desk's REST interface (docs/frames.md, "Staff REST"), and the ticket for the staff socket.

export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

async function call(method, path, body) {
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
  claim: (id) => call("POST", chat(id, "claim")),
  release: (id) => call("POST", chat(id, "release")),
  close: (id, outcome) => call("POST", chat(id, "close"), { outcome }),
  handBack: (id) => call("POST", chat(id, "hand-back")),
  transfer: (id, to, note) => call("POST", chat(id, "transfer"), { to, note }),
  note: (id, text) => call("POST", chat(id, "note"), { text }),
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
