// window.Handrail: what a site's own code calls, whenever it runs (docs/widget.md). Calls made before this module has
// loaded wait in an array of that name, calls made while no widget is on the page wait for the next one.

const CALLS = ["open", "close", "toggle", "ask", "identify", "attributes", "forget", "track"];
// What the element calls otherwise, because every element has something else of that name.
const METHODS = { attributes: "describe" };
const waiting = [];
let widget = null; // the one on the page

/** This one is on the page now; one that a script tag had put there gives way to it. */
export function arrived(one) {
  if (widget?.hasAttribute("by-tag")) widget.remove();
  widget = one;
  for (const wanted of waiting.splice(0)) call(...wanted);
}

export function left(one) { if (widget === one) widget = null; }

/** Make window.Handrail, and do what was asked for before. */
export function offer() {
  const asked = Array.isArray(globalThis.Handrail) ? globalThis.Handrail : [];
  globalThis.Handrail = {
    ...Object.fromEntries(CALLS.map((name) => [name, (...values) => call(name, ...values)])),
    on,
    push: (...calls) => { for (const one of calls) call(...one); },
    get isOpen() { return widget?.isOpen ?? false; },
    get unread() { return widget?.unread ?? 0; },
  };
  globalThis.Handrail.push(...asked);
}

/** One wrong call of the site must not stop the others; it still shows up as an uncaught error. */
function call(name, ...values) {
  try {
    if (name === "on") return on(...values);
    if (!CALLS.includes(name)) throw new TypeError(`Handrail: there is no "${name}".`);
    if (widget) return widget[METHODS[name] ?? name](...values);
    waiting.push([name, ...values]);
  } catch (error) {
    setTimeout(() => { throw error; });
  }
  return undefined;
}

/** Hear of "open", "close", "unread", "identity-refused" or "invitation"; returns what ends it. */
function on(name, listener) {
  const hear = ({ detail }) => listener(detail);
  document.addEventListener(`handrail-${name}`, hear);
  return () => document.removeEventListener(`handrail-${name}`, hear);
}
