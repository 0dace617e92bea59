// Filters, order and search stand in the address: a reload, a bookmark or a colleague sees the same list.

export const FIELDS = ["search", "show", "reason", "intent", "order", "language", "since", "max_confidence", "doubtful", "single"];
const STANDARD = { show: "open", order: "value" };

/** The filter that the address holds. */
export function read() {
  const held = new URLSearchParams(location.search);
  return Object.fromEntries(FIELDS.map((name) => [name, held.get(name) ?? STANDARD[name] ?? ""]));
}

export function write(filter) {
  const kept = FIELDS.filter((name) => filter[name] && filter[name] !== STANDARD[name]).map((name) => [name, filter[name]]);
  const query = new URLSearchParams(kept).toString();
  history.replaceState(history.state, "", query ? `${location.pathname}?${query}` : location.pathname);
}

/** Whether something is left out by it. */
export const narrows = (filter) => ["search", "reason", "intent", "language", "since", "max_confidence", "doubtful"].some((name) => filter[name]);

/** Whether what is alike stands in one line. */
export const folds = (filter) => !filter.single && filter.show === "open";

/** As the server is asked. `single`: clusters are not folded. */
export function query(filter, page, size) {
  const asked = { page, size, show: filter.show, order: filter.order };
  for (const name of ["search", "reason", "intent", "language", "max_confidence"]) if (filter[name]) asked[name] = filter[name];
  if (filter.since) asked.since = new Date(`${filter.since}T00:00`).toISOString();
  if (filter.doubtful) asked.doubtful = "true";
  if (folds(filter)) asked.folded = "true";
  return asked;
}
