// Times and numbers as an agent reads them. The server's clock counts, not the agent's machine.

let offset = 0; // server time minus this machine's, in ms

export function setServerTime(iso) {
  offset = Date.parse(iso) - Date.now();
}

export const now = () => Date.now() + offset;

/** 42 s · 3:07 · 1 h 05 · 2 d */
export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  const pad = (number) => String(number).padStart(2, "0");
  if (minutes < 60) return `${minutes}:${pad(seconds % 60)}`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)}`;
  const days = Math.floor(minutes / 1440);
  return `${days} d ${pad(Math.floor((minutes % 1440) / 60))} h`;
}

export function clockTime(iso) {
  return new Date(iso).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

export function day(iso) {
  return new Date(iso).toLocaleDateString([], { day: "numeric", month: "short", year: "numeric" });
}

/** The day of a moment as it is said: Today, Yesterday, Monday 3 March. */
export function dayWords(iso) {
  const then = new Date(iso);
  const midnight = new Date(now()).setHours(0, 0, 0, 0);
  const days = Math.round((midnight - new Date(then).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days <= 1) return days < 1 ? "Today" : "Yesterday";
  const year = then.getFullYear() === new Date(now()).getFullYear() ? undefined : "numeric";
  return then.toLocaleDateString([], { weekday: "long", day: "numeric", month: "long", year });
}

/** The calendar day on the agent's own wall, as a key. */
export const dayKey = (iso) => new Date(iso).toDateString();

const LANGUAGES = new Intl.DisplayNames([], { type: "language", fallback: "code" });

export function languageName(code) {
  try {
    return LANGUAGES.of(code);
  } catch {
    return code; // no language code at all
  }
}

export const percent = (share) => `${Math.round(share * 100)} %`;

const SEGMENTS = { at_risk: "At risk", high_value: "High value", frequent: "Frequent" };
/** Segments that a house made itself are said as they are called. */
export const segmentName = (code) => SEGMENTS[code] ?? code.replaceAll("_", " ");

const VERDICTS = { helped: "Helped", did_not_help: "Did not help", no_answer: "No reaction" };
const OUTCOMES = {
  confirmed: "Solved, confirmed", assumed: "Assumed solved", abandoned: "Abandoned",
  handed_back: "Handed back", cancelled: "Left the queue", closed_by_agent: "Closed by an agent",
};
export const verdict = (code) => VERDICTS[code] ?? code;
export const outcome = (code) => (code ? OUTCOMES[code] ?? code : "Open");

/** Keep the moving times of this element true: `data-since` counts up, `data-until` down, `data-due` down and then over. */
export function tick(root) {
  for (const node of root.querySelectorAll("[data-since]")) {
    const text = duration(now() - Date.parse(node.dataset.since));
    if (node.textContent !== text) node.textContent = text;
  }
  for (const node of root.querySelectorAll("[data-until]")) {
    const text = `${duration(Date.parse(node.dataset.until) - now())} left`;
    if (node.textContent !== text) node.textContent = text;
  }
  for (const node of root.querySelectorAll("[data-due]")) {
    const left = Date.parse(node.dataset.due) - now();
    const text = left >= 0 ? `due in ${duration(left)}` : `overdue by ${duration(-left)}`;
    if (node.textContent !== text) node.textContent = text;
    node.classList.toggle("late", left < 0);
  }
}
