// Entities in a message: shown in its text, and marked by selecting, with the mouse or Shift + arrows.
// The server counts characters (code points), a browser counts UTF-16 units; an emoji is one of the first, two of the second.
import { element } from "/widget/dom.js";

const toUnits = (text, points) => [...text].slice(0, points).join("").length;
const toPoints = (text, units) => [...text.slice(0, units)].length;

/** The text as nodes. `found`: the model's entities; `marked`: the trainer's; both {start, end, entity} in code points. */
export function textNodes(text, found, marked, words) {
  const overlaps = (one) => marked.some((other) => one.start < other.end && other.start < one.end);
  const all = [...found.filter((one) => !overlaps(one)), ...marked.map((one) => ({ ...one, own: true }))].sort((one, other) => one.start - other.start);
  const points = [...text];
  const nodes = [];
  let at = 0;
  for (const { start, end, entity, own } of all) {
    if (start < at || end > points.length) continue;
    nodes.push(points.slice(at, start).join(""));
    nodes.push(element("mark", { class: own ? "rv-own" : "" }, points.slice(start, end).join(""), element("small", {}, ` ${words(entity)}`)));
    at = end;
  }
  nodes.push(points.slice(at).join(""));
  return nodes.filter((node) => node !== "");
}

/** What is selected in `node`, a text with marks: {start, end} in code points of `text`, or null. */
export function selectionIn(node, text) {
  const selection = document.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!node.contains(range.startContainer) || !node.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(node, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = plain(before).length;
  return trimmed(text, start, start + plain(range).length);
}

/** The words of a range without the names of entities that stand in it. */
function plain(range) {
  const copy = element("div", {}, range.cloneContents());
  // A range that begins inside such a name has no <small> of its own.
  const inName = range.startContainer.parentElement?.closest("small");
  for (const small of copy.querySelectorAll("small")) small.remove();
  return inName ? "" : copy.textContent;
}

function trimmed(text, start, end) {
  let [from, to] = [start, Math.min(end, text.length)];
  while (from < to && /\s/.test(text[from])) from += 1;
  while (to > from && /\s/.test(text[to - 1])) to -= 1;
  return from < to ? { start: toPoints(text, from), end: toPoints(text, to) } : null;
}

const wordsOf = (text) => [...text.matchAll(/[^\s.,;:!?"“”()]+/gu)].map((found) => ({ from: found.index, to: found.index + found[0].length, word: found[0] }));

/** Where marking begins: the first word with a digit or a capital inside the sentence, else the first word. */
export function firstGuess(text, marked) {
  const free = wordsOf(text).filter(({ from }) => !marked.some(({ start, end }) => from >= toUnits(text, start) && from < toUnits(text, end)));
  return free.find(({ word }) => /\d/.test(word)) ?? free.find(({ word, from }) => from > 0 && /^\p{Lu}/u.test(word)) ?? free[0] ?? null;
}

/**
 * A box with the text in which a part is selected by keyboard or touch; `chosen({start, end})` on Enter or by `choose()`,
 * `left()` on Escape. Readonly text can be selected, and can't be changed.
 */
export function selectingBox(text, marked, { chosen, left }) {
  const box = element("textarea", { class: "rv-selecting", readonly: true, rows: "3", dir: "auto", "aria-label": "Choose a word with the arrow keys, more with Shift, then press Enter" });
  box.value = text;
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      left();
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose();
    } else if (!event.shiftKey && ["ArrowRight", "ArrowLeft"].includes(event.key)) {
      // Chromium has no caret in a readonly text: the arrows go from word to word.
      event.preventDefault();
      const on = event.key === "ArrowRight";
      const words = wordsOf(text);
      const word = on ? words.find(({ from }) => from >= box.selectionEnd) : words.findLast(({ to }) => to <= box.selectionStart);
      if (word) box.setSelectionRange(word.from, word.to);
    }
    event.stopPropagation();
  });
  const choose = () => {
    const span = trimmed(text, box.selectionStart, box.selectionEnd);
    if (span) chosen(span);
  };
  const guess = firstGuess(text, marked);
  const start = () => {
    box.focus();
    if (guess) box.setSelectionRange(guess.from, guess.to);
  };
  return { box, start, choose };
}
