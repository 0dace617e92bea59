// Decides what must be done before the chat, and puts it there: consent, then the form, then the choice.
import { element } from "./dom.js";
import { Choice, Consent, Form } from "./start.js";

const KINDS = { consent: Consent, form: Form, choice: Choice };

export class Gate {
  #shown = null; // {name, view}

  /** context: what the views of start.js need; composer and log: what it takes the place of. */
  constructor(context, { composer, log, choices }) {
    this.context = context;
    this.composer = composer;
    this.log = log;
    this.choices = choices; // where the choice goes: the welcome
    this.element = element("div", { class: "gate", hidden: true });
  }

  /** What is to be done first: "consent", "form", "choice" or null. */
  wanted(store) {
    if (store.consent !== null) return "consent";
    if (store.state.form && !store.formSent) return "form";
    const open = store.known && store.state.owner === "bot" && !store.messages().length;
    return open && this.context.config.first === "choose" && !store.chosen ? "choice" : null;
  }

  /** Whether nothing may be said yet. */
  get shut() { return this.#name === "consent" || this.#name === "form"; }

  get choosing() { return this.#name === "choice"; }

  #name = null;

  update(store) {
    const name = this.wanted(store);
    const left = this.#name !== name ? this.#name : null;
    const held = left !== null && this.#holdsFocus();
    this.#name = name;
    // The composer, or what led to it, is about to go: the cursor goes on in what takes its place.
    const wants = this.shut && this.composer.element.contains(this.#focused());
    this.element.hidden = !this.shut;
    const asking = this.#shown?.view.asking === true && this.choosing;
    this.composer.hidden = this.shut || asking;
    this.log.classList.toggle("empty", this.shut && !store.messages().length);
    if (name) this.#show(name, store, wants);
    else this.#clear();
    return held; // the cursor stood in what is gone: it goes on
  }

  focus() {
    if (!this.shut) return false;
    this.#shown.view.focus();
    return true;
  }

  /** One step back, from the line for a person to the choice; true when there was one. */
  back() { return this.#shown?.view.back?.() === true; }

  prefill(known) { this.#shown?.view.prefill?.(known); }

  #show(name, store, wants) {
    if (this.#shown?.name !== name) {
      const held = wants || this.#holdsFocus();
      this.#clear();
      const view = new KINDS[name](this.context);
      this.#shown = { name, view };
      (name === "choice" ? this.choices : this.element).append(view.element);
      view.update(this.#told(store));
      if (held && name !== "choice") view.focus();
    } else this.#shown.view.update(this.#told(store));
  }

  #told({ state, consent, refusedField }) {
    return { state, refused: refusedField, outdated: consent !== (this.context.config.consent?.version ?? null) };
  }

  #focused() { return this.element.getRootNode().activeElement; }

  #holdsFocus() {
    const focused = this.#focused();
    return Boolean(focused && this.#shown?.view.element.contains(focused));
  }

  #clear() {
    this.#shown?.view.element.remove();
    this.#shown = null;
  }
}
