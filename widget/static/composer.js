// Where the customer writes: Enter sends, Shift+Enter makes a line, and the draft survives a reload.
import { attaching } from "./bring.js";
import { element, icon, setText } from "./dom.js";

const LIMIT = 2000; // characters as the server counts them: code points (settings.message_limit)
const COUNTER_FROM = 1800;
const DRAFT = "handrail:draft";

export class Composer {
  /** actions: {onSend(text), onTyping(), onTypingStopped(), onText(text): it is another one, onFiles?(files)}; session: where the draft waits. */
  constructor(wording, session, actions) {
    this.wording = wording;
    this.session = session;
    this.actions = actions;
    const on = {
      input: () => this.#onInput(),
      keydown: (event) => this.#onKey(event),
      blur: () => actions.onTypingStopped(),
    };
    this.input = element("textarea", { rows: "1", dir: "auto", placeholder: wording.write, "aria-label": wording.write,
      "aria-describedby": "counter", enterkeyhint: "send", autocomplete: "off", on });
    this.button = element("button", { type: "submit", class: "send", "aria-label": wording.send, title: wording.send },
      icon("send"));
    this.counter = element("p", { class: "counter", id: "counter", role: "status", hidden: true });
    this.previewed = element("p", { class: "counter", hidden: true }, wording.previewed);
    const attach = actions.onFiles ? attaching(wording.attach, "tool", (files) => {
      actions.onFiles(files);
      this.focus();
    }) : [];
    [this.attach] = attach;
    const submit = (event) => {
      event.preventDefault();
      this.#send();
    };
    this.element = element("form", { class: "write", on: { submit } },
      element("div", { class: "box" }, ...attach, this.input, this.button), this.counter, this.previewed);
    this.input.value = session.getItem(DRAFT) ?? "";
    this.#measure();
  }

  /** Say openly that the other side reads along. */
  update(store) { this.previewed.hidden = !store.previewed; }

  get hidden() { return this.element.hidden; }
  set hidden(hidden) {
    if (hidden === this.element.hidden) return;
    this.element.hidden = hidden;
    if (!hidden) this.#measure();
  }

  focus() { this.input.focus({ preventScroll: true }); }

  /** Put a beginning into an empty field; it is not kept until the customer writes on. */
  suggest(text) {
    if (this.input.value.trim()) return;
    this.input.value = text.slice(0, LIMIT);
    this.#measure();
  }

  #onInput() {
    this.#measure();
    this.#keepDraft();
    this.actions.onText(this.input.value);
    if (this.input.value) this.actions.onTyping(this.input.value);
    else this.actions.onTypingStopped();
  }

  #onKey(event) {
    // While an input method composes, Enter accepts its suggestion.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.input.value.trim();
    if (!text || lengthOf(text) > LIMIT) return;
    this.input.value = "";
    this.#measure();
    this.#keepDraft();
    this.actions.onSend(text);
    this.actions.onText("");
    this.focus();
  }

  #measure() {
    const { wording, input } = this;
    const length = lengthOf(input.value.trim());
    this.button.disabled = length === 0 || length > LIMIT;
    this.counter.hidden = length < COUNTER_FROM;
    this.counter.classList.toggle("over", length > LIMIT);
    setText(this.counter, length > LIMIT ? wording.say("over", { count: length - LIMIT })
      : wording.say("left", { count: LIMIT - length }));
    // Its own text decides the height, up to the style sheet's maximum.
    input.style.height = "auto";
    if (input.scrollHeight) input.style.height = `${input.scrollHeight}px`;
  }

  /** After the panel is shown: a hidden field has no height to measure. */
  shown() { this.#measure(); }

  #keepDraft() {
    try {
      if (this.input.value) this.session.setItem(DRAFT, this.input.value.slice(0, 4 * LIMIT));
      else this.session.removeItem(DRAFT);
    } catch {
      // Storage is full; the draft still stands in the field.
    }
  }
}

function lengthOf(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
