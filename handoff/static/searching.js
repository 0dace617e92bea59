// Search over all chats that ever were; what is found opens as a transcript to read.
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { ask } from "./dialogs.js";
import { day } from "./format.js";

const WAIT = 250; // ms without a key

/** Resolves with the conversation that was chosen, or with null. */
export async function searchHistory() {
  let chosen = null;
  let timer = null;
  let asked = 0;
  const field = element("input", { type: "search", maxlength: "100", autofocus: true, placeholder: "Words, a name, an order number", "aria-label": "Search all earlier chats" });
  const status = element("p", { class: "quiet", role: "status" }, "Type at least two letters.");
  const list = element("ul", { class: "hc-found", "aria-label": "Found chats" });
  const search = async () => {
    const words = field.value.trim();
    const mine = ++asked;
    if (words.length < 2) {
      list.replaceChildren();
      setText(status, "Type at least two letters.");
      return;
    }
    let found;
    try {
      found = (await api.search(words)).hits;
    } catch (error) {
      if (mine === asked) setText(status, error.message);
      return;
    }
    if (mine !== asked) return;
    setText(status, found.length ? `${found.length} found, the newest first` : "Nothing was found. Try fewer or other words.");
    list.replaceChildren(...found.map((one) => element("li", {}, element("button", {
      type: "button", class: "hc-found-one", on: { click: ({ target }) => { chosen = one.conversation; target.closest("dialog").close(); } },
    },
      element("strong", {}, one.customer || "Visitor"), element("span", { class: "quiet" }, day(one.at)),
      element("span", { class: "hc-found-text", dir: "auto" }, ...marked(one))))));
  };
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form would close
    clearTimeout(timer);
    search();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...list.querySelectorAll("button")];
    all[Math.max(0, all.indexOf(event.target) + step)]?.focus();
  });
  field.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") list.querySelector("button")?.focus(); });
  await ask({ title: "Search all chats", body: [field, status, list], cancel: "Close" });
  clearTimeout(timer);
  asked += 1;
  return chosen;
}

const KINDS = { note: "Note: ", case: "Case: ", customer: "" };

/** The text with what was found marked; `marks`: [[from, to]]. */
function marked({ kind, text, marks }) {
  const parts = [KINDS[kind] ?? ""];
  let at = 0;
  for (const [from, to] of marks) {
    if (from < at) continue;
    parts.push(text.slice(at, from), element("mark", {}, text.slice(from, to)));
    at = to;
  }
  return [...parts, text.slice(at)];
}
