// The current message: what it was taken for, why it stands here, what happened next, and what can be done with it.
import { element, setText } from "/widget/dom.js";
import { percent } from "./list.js";
import { selectionIn, selectingBox, textNodes } from "./spans.js";

const SAMPLES = 6;
const BEST = 3;
const LIKE = 0.5; // cosine from which an example says something of a message

const button = (label, key, run, kind = "") => element("button", { type: "button", class: `rv-button ${kind}`, "aria-keyshortcuts": key, on: { click: run } },
  label, element("kbd", { "aria-hidden": "true" }, { Enter: "⏎" }[key] ?? key.toUpperCase()));

const bar = (share) => {
  const filled = element("span", {});
  filled.style.width = `${Math.round((share ?? 0) * 100)}%`;
  return element("span", { class: "rv-bar", "aria-hidden": "true" }, filled);
};

export class Detail {
  #words;
  #does;
  #line = null;
  #title = element("h2", { class: "rv-text", dir: "auto", tabindex: "-1" });
  #marking = element("div", { hidden: true });
  #meta = element("p", { class: "rv-quiet" });
  #guesses = element("div", { class: "rv-guesses", role: "group", "aria-label": "What it is about" });
  #acts = element("div", { class: "rv-acts" });
  #why = element("section", { class: "rv-why", "aria-label": "Why it stands here" });
  #facts = element("dl", { class: "rv-facts" });
  #like = element("section", { class: "rv-members", hidden: true });

  /** `does`: what the buttons do, as the keys (review.js). */
  constructor(words, does) {
    this.#words = words;
    this.#does = does;
    this.element = element("article", { class: "rv-detail tr-panel", "aria-label": "The message" },
      this.#title, this.#marking, this.#meta, this.#guesses, this.#acts, this.#like, this.#why, this.#facts);
  }

  show(line, { show, chosen }) {
    const focused = this.element.contains(document.activeElement);
    if (this.#line !== line) this.#leaveMarking();
    this.#line = line;
    this.element.hidden = !line;
    if (!line) return;
    const { item } = line;
    this.#showText(line);
    setText(this.#meta, [
      chosen > 1 && `With ${chosen - 1} more selected`,
      item.times > 1 ? `said ${item.times.toLocaleString("en")} times, last ${when(item.at)}` : `said ${when(item.at)}`,
      item.language && item.language !== "en" && this.#words.language(item.language),
      item.label && (item.label === "ignored" ? "ignored" : `labelled ${this.#words.intent(item.label)}`),
    ].filter(Boolean).join(" · "));
    this.#showGuesses(item, show);
    this.#showActs(line, show);
    this.#showWhy(item);
    this.#showFacts(item);
    this.showMembers(line);
    // What was pressed may be gone: without this the focus falls to the top of the page.
    if (focused && !this.element.contains(document.activeElement)) this.#title.focus({ preventScroll: true });
  }

  #showGuesses(item, show) {
    const best = item.candidates.slice(0, BEST);
    const agents = new Set((item.proposals ?? []).map((one) => one.intent));
    const said = [...agents].filter((name) => !best.some(([known]) => known === name));
    const guess = (name, share, index) => {
      const right = name === item.intent && show === "open";
      return element("button", {
        type: "button", class: right ? "rv-guess rv-first" : "rv-guess", disabled: !this.#words.known(name),
        "aria-keyshortcuts": index === null ? null : String(index + 1), on: { click: () => this.#does.label(name) },
      }, element("strong", {}, this.#words.intent(name)),
      element("span", { class: "rv-share" }, share !== null && percent(share), agents.has(name) && element("span", { class: "rv-chip" }, "an agent says")),
      index !== null && element("span", { class: "rv-keys", "aria-hidden": "true" }, element("kbd", {}, index + 1), right && element("kbd", {}, "⏎")),
      share !== null && bar(share));
    };
    this.#guesses.replaceChildren(...best.map(([name, share], index) => guess(name, share, index)), ...said.map((name) => guess(name, null, null)));
  }

  #showActs(line, show) {
    const does = this.#does;
    const nodes = [button("Another intent", "/", does.pick), button("New intent", "n", does.create)];
    if (show === "open") nodes.push(button("Mark an entity", "e", does.mark), button("Second opinion", "s", does.ask), button("Article missing", "m", does.missing));
    if (show !== "ignored") nodes.push(button("Ignore", "i", does.ignore));
    if (show !== "open") nodes.unshift(element("button", { type: "button", class: "rv-button rv-primary", on: { click: does.bringBack } }, "Back to “To do”"));
    nodes.push(button("Undo", "u", does.undo, "rv-undo"));
    this.#acts.replaceChildren(...nodes);
  }

  #showWhy(item) {
    const reasons = item.reasons.map((code) => {
      const [name, explained] = this.#words.reason(code);
      return element("li", {}, element("span", { class: "rv-chip" }, name), ` ${explained}`);
    });
    this.#why.replaceChildren(...[
      reasons.length > 0 && element("ul", {}, ...reasons),
      item.why && element("p", { class: "rv-quiet" }, item.why),
    ].filter(Boolean));
    this.#why.hidden = !this.#why.firstChild;
  }

  #showFacts(item) {
    const { intent, after, decided } = this.#words;
    const found = (item.found ?? []).map(({ title, probability }) => `${title} (${percent(probability)})`).join(", ");
    const search = item.searched ? "What search said" : "What search would have said";
    const rows = [
      (found || item.decided) && [search, [[found, decided(item.decided)].filter(Boolean).join(" · ")]],
      ["What happened next", [after(item.after), " ",
        element("button", { type: "button", class: "rv-link", "aria-keyshortcuts": "v", on: { click: this.#does.conversation } }, "See the conversation"), " ",
        element("a", { href: `/staff/training/try?turn=${encodeURIComponent(item.turn_id)}` }, "Try it")]],
      item.proposals?.length && ["Agents", [item.proposals.map((one) => `${one.name}: ${intent(one.intent)}`).join(", ")]],
      item.second && [item.second_model ? `The model ${item.second_model}, reading along` : "The nearest examples", [intent(item.second)]],
      item.opinions?.length && ["Opinions", [item.opinions.map((one) => `${one.name}: ${intent(one.intent)}`).join(", ")]],
      item.nearest?.cosine >= LIKE && ["Nearest example", [`“${item.nearest.text}” of ${intent(item.nearest.intent)}`]],
      typeof item.wrong === "number" && item.wrong > 0 && ["Likely misread", [percent(item.wrong)]],
    ].filter(Boolean);
    this.#facts.replaceChildren(...rows.flatMap(([name, said]) => [element("dt", {}, name), element("dd", {}, ...said)]));
  }

  /** The messages of a folded cluster, as soon as they are read. */
  showMembers(line) {
    if (line !== this.#line) return;
    this.#like.hidden = line.size < 2;
    if (line.size < 2) return;
    const others = (line.members ?? []).filter((item) => item.turn_id !== line.id);
    const left = line.size - 1 - Math.min(SAMPLES, others.length);
    this.#like.replaceChildren(
      element("h3", {}, `${line.size} like this, labelled together`),
      element("ul", {}, ...others.slice(0, SAMPLES).map((item) => element("li", { dir: "auto" }, item.text))),
      button(left > 0 && others.length ? `Open all: ${left} more` : "Open them one by one", "→", this.#does.unfold, "rv-small"));
  }

  /** Select a part of the text; `pickEntity()` resolves with {entity, value?}, or null. What the mouse has selected already counts. */
  mark(line, pickEntity) {
    const { text } = line.item;
    const done = async (span) => {
      const said = await pickEntity([...text].slice(span.start, span.end).join(""));
      if (said) line.spans = [...line.spans.filter((one) => one.end <= span.start || one.start >= span.end), { ...span, ...said }].sort((one, other) => one.start - other.start);
      return said;
    };
    const selected = selectionIn(this.#title, text);
    if (selected) return done(selected).then(() => this.#showText(line));
    const { box, start, choose } = selectingBox(text, line.spans, {
      chosen: async (span) => { await done(span); this.#leaveMarking(); },
      left: () => this.#leaveMarking(),
    });
    this.#marking.replaceChildren(box, element("p", { class: "rv-quiet" }, "Arrows go from word to word, Shift + arrows take more, Enter says what it is, Esc leaves."),
      element("div", { class: "rv-acts" },
        // Pressed with the mouse, it must not take the selection away first.
        element("button", { type: "button", class: "rv-button rv-primary", on: { mousedown: (event) => event.preventDefault(), click: choose } }, "Say what it is"),
        element("button", { type: "button", class: "rv-button", on: { click: () => this.#leaveMarking() } }, "Leave it")));
    this.#marking.hidden = false;
    this.#title.hidden = true;
    start();
    return null;
  }

  #leaveMarking() {
    if (this.#marking.hidden) return;
    this.#marking.hidden = true;
    this.#title.hidden = false;
    this.#marking.replaceChildren();
    this.#showText(this.#line);
    this.#title.focus({ preventScroll: true });
  }

  #showText(line) {
    if (line && line === this.#line) this.#title.replaceChildren(...textNodes(line.item.text, line.item.entities ?? [], line.spans, this.#words.entity));
  }
}

function when(iso) {
  return new Date(iso).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}
