// A quiet word about vague times and open blanks in a text for the customer.
//
//   await hintFor(text)     null, or {text}: one line to show under the box
//   watchHint(box, node)    does so by itself: keeps the node's text true while the agent writes
import { setText } from "/widget/dom.js";
import { api } from "./api.js";

const WAIT = 350; // ms without a key: only then is a text judged

/** Judge a text for the customer: a vague time, or a blank that nobody filled. Null when there is nothing to say. */
export async function hintFor(text) {
  if (!text.trim()) return null;
  const blank = /\[[a-z][a-z ]{1,30}\]/.exec(text);
  if (blank) return { text: `Fill in ${blank[0]} before you send it.` };
  if (!/\p{L}{3}/u.test(text)) return null;
  const found = await api.checkText(text.slice(0, 8000)).catch(() => null);
  if (!found?.vague.length) return null;
  const words = [...new Set(found.vague.map((one) => `“${one.words}”`))].slice(0, 3).join(", ");
  return { text: `${words} – ${found.advice}` };
}

/** Keep a line under a text box true while somebody writes; gives a function that ends it. */
export function watchHint(box, node) {
  let timer = null;
  let asked = 0;
  const judge = () => {
    clearTimeout(timer);
    const mine = ++asked;
    if (!box.value.trim()) return show(null);
    timer = setTimeout(async () => {
      const hint = await hintFor(box.value);
      if (mine === asked) show(hint);
    }, WAIT);
  };
  const show = (hint) => {
    setText(node, hint?.text ?? "");
    node.hidden = !hint;
  };
  box.addEventListener("input", judge);
  judge();
  return () => {
    asked += 1;
    clearTimeout(timer);
    box.removeEventListener("input", judge);
  };
}
