// The builder's REST interface (docs/routes.md, /api/widget/settings).

export class Refused extends Error {
  constructor(status, { code = "error", message = "Something went wrong.", details = null } = {}) {
    super(message);
    Object.assign(this, { status, code, details });
  }
}

async function call(method, path, body) {
  const headers = { "X-Handrail": "1", ...(body && { "Content-Type": "application/json" }) };
  let answer;
  try {
    answer = await fetch(`/api/widget/settings${path}`, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Refused(0, { code: "offline", message: "The server can't be reached. Please try again." });
  }
  if (answer.ok) return answer.json();
  const told = await answer.json().catch(() => null);
  throw new Refused(answer.status, told?.error);
}

export const api = {
  read: () => call("GET", ""),
  history: () => call("GET", "/history"),
  counts: () => call("GET", "/invitations"),
  check: (config) => call("POST", "/check", { config }),
  publish: (config, note, seen) => call("PUT", "", { config, note, seen }),
  restore: (version, note, seen) => call("POST", "/restore", { version, note, seen }),
};
