// Every deed by one key: the table, the sheet that lists it, and what a pressed key stands for.

const HABIT = "handrail:training:keys";

/** [title, [[key, what it does, name]]]; what a name does now is handed over by the page. */
const TABLE = [
  ["Labelling", [
    ["Enter", "The guess is right", "confirm"], ["1 … 3", "One of the best guesses", null],
    ["/", "Another intent: type a few letters (any other letter begins, too)", "pick"], ["n", "A new intent", "create"],
    ["e", "Mark an entity: choose words with the arrows or the mouse, then Enter", "mark"], ["s", "Ask a colleague for a second opinion", "ask"],
    ["m", "An article is missing: tell the editors", "missing"], ["i", "Ignore it for ever", "ignore"],
    ["u", "Take the last one back, again and again", "undo"],
  ]],
  ["Moving about", [
    ["j", "Next message", "next"], ["k", "Message before", "previous"], ["ArrowDown", "Next message", "next"],
    ["ArrowUp", "Message before", "previous"], ["ArrowRight", "Open what is folded into one line", "unfold"],
    ["ArrowLeft", "Fold it again", "fold"], ["v", "The conversation around it", "conversation"],
  ]],
  ["Several at once", [
    ["x", "Select, or take out", "select"], ["X", "Shift + X: all from the last selected to here", "range"],
    ["Escape", "Select none", "none"],
  ]],
  ["This page", [["?", "This sheet", "sheet"]]],
];

const SHOWN = { ArrowDown: "↓", ArrowUp: "↑", ArrowRight: "→", ArrowLeft: "←", Escape: "Esc", X: "Shift X" };
const NAMES = new Map(TABLE.flatMap(([, keys]) => keys.filter(([, , name]) => name).map(([key, , name]) => [key, name])));

export const sheet = TABLE.map(([title, keys]) => [title, keys.map(([key, does]) => [SHOWN[key] ?? key, does])]);

// Single keys can be switched off (WCAG 2.1.4): speech input would trigger them.
export const singleKeys = {
  get on() { return localStorage.getItem(HABIT) !== "off"; },
  set on(value) { localStorage.setItem(HABIT, value ? "on" : "off"); },
};

/** Run what a key stands for: `does[name]()`, `does.candidate(0)`, `does.type("r")`. */
export function press(event, does) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (target.closest?.("input, textarea, select, [contenteditable]")) return;
  // A button that has the focus is pressed by Enter; a link is followed. The current line is there already.
  if (key === "Enter" && target.closest?.("button, a, summary") && !target.closest(".rv-line[aria-current=true]")) return;
  if (!singleKeys.on && key !== "?") return;
  const name = NAMES.get(key) ?? NAMES.get(key.length === 1 && !event.shiftKey ? key.toLowerCase() : key);
  let run = does[name];
  if (/^[1-3]$/.test(key)) run = () => does.candidate(Number(key) - 1);
  else if (!name && /^\p{L}$/u.test(key)) run = () => does.type(key);
  if (run && run() !== false) event.preventDefault();
}
