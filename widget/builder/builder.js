// The builder: the draft of the widget's settings, the form that changes it, the preview that shows it, and publishing.
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { Preview } from "./frame.js";
import { invitations } from "./invitations.js";
import { button, write } from "./parts.js";
import { askNote, versions } from "./publishing.js";
import { after, changed, consent, contrastWords, form, look, same, site, welcome } from "./sections.js";
import { Words } from "./words.js";

const CHECK_AFTER = 250;
const DRAFT = "handrail:widget-draft:";

class HandrailBuilder extends HTMLElement {
  #checking = 0; // counts checks; what an older one answers is passed over
  #timer = null;
  #told = []; // places where an objection is shown
  #wrong = [];

  async connectedCallback() {
    if (this.childElementCount) return;
    this.classList.add("builder");
    this.state = {
      server: this.getAttribute("server"), origins: JSON.parse(this.getAttribute("origins") ?? "[]"),
      language: "en", controls: new Map(), restores: null,
      set: (at, value) => this.#set(at, value),
      show: (options) => this.#show(options),
    };
    this.append(element("p", { role: "status", class: "hint" }, "Loading…"));
    try {
      await this.#load();
    } catch (error) {
      this.replaceChildren(element("p", { class: "warning", role: "alert" }, error.message), button("Try again", () => location.reload()));
      return;
    }
    this.#build();
  }

  disconnectedCallback() { this.preview?.end(); }

  async #load() {
    const { state } = this;
    // Numbers that can't be had keep nobody from the settings.
    const [published, history, counts] = await Promise.all([api.read(), api.history(), api.counts().catch(() => null)]);
    Object.assign(state, { published, history, counts, fallback: published.default, draft: structuredClone(published.config) });
    const kept = this.#kept();
    if (kept) this.#carry(kept.base, kept.draft);
  }

  /** Go on with a draft that began from `base`: where it changed nothing, what is published counts. */
  #carry(base, draft) {
    const { state } = this;
    const theirs = state.published.config;
    state.draft = Object.fromEntries(Object.keys(theirs).map((key) =>
      [key, structuredClone(same(draft[key], base[key]) ? theirs[key] : draft[key])]));
  }

  #build() {
    const { state } = this;
    const words = new Words(state);
    const sections = [
      ["Look", () => look(state)], ["Welcome", () => welcome(state)], ["Consent", () => consent(state)],
      ["Questions before the chat", () => form(state)], ["Answers and surveys", () => after(state)],
      ["Invitations", () => invitations(state)],
      ["Wording", () => words.draw()], ["On your site", () => site(state)],
      ["Versions", () => versions(state, (one) => this.#bringBack(one))],
    ];
    this.bodies = sections.map(([title, draw], at) => {
      const body = element("div", { class: "body" });
      const details = element("details", { open: at === 0 }, element("summary", {}, element("h2", {}, title)), body);
      return { title, draw, body, details };
    });
    this.preview = new Preview();
    this.status = element("p", { role: "status" });
    this.publishButton = element("button", { type: "button", class: "primary", on: { click: () => this.#publish() } }, "Publish…");
    this.discardButton = button("Discard changes", () => this.#discard());
    const toPreview = element("a", { href: "#preview", class: "to-preview" }, "Preview");
    const bar = element("div", { class: "publish-bar" }, this.status, toPreview, this.discardButton, this.publishButton);
    const settings = element("div", { class: "settings" }, element("h1", {}, "Widget"),
      element("p", { class: "hint" }, "How the chat looks and speaks on your site. Customers see a change when you publish it."),
      ...this.bodies.map(({ details }) => details), bar);
    this.replaceChildren(settings, this.preview.element);
    this.#show({});
    this.#changed();
  }

  #set(at, value) {
    write(this.state.draft, at, value);
    this.#changed();
  }

  /** Draw the sections anew, and leave the cursor where it was; `focus`: a place such as "starters.1". */
  #show({ language, focus }) {
    const { state } = this;
    const active = document.activeElement;
    const place = focus ?? [...state.controls].find(([, control]) => control === active)?.[0];
    const inside = this.bodies.find(({ body }) => body.contains(active));
    if (language) state.language = language;
    state.controls.clear();
    for (const { body, draw } of this.bodies) body.replaceChildren(...draw().filter(Boolean));
    const target = state.controls.get(place) ?? (inside?.body.querySelector(".choice input:checked") ?? inside?.details.querySelector("summary"));
    if (inside) target?.focus();
    this.#tellColours();
  }

  #changed() {
    const { state } = this;
    this.#keep();
    const parts = changed(state.published.config, this.#clean());
    this.publishButton.disabled = this.discardButton.disabled = parts.length === 0;
    const said = parts.length ? `Not published yet: ${parts.join(", ")}.` : state.published.version ? `Version ${state.published.version} is published.` : "Nothing is changed.";
    setText(this.status, this.#notice ? `${this.#notice} ${said}` : said);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#check(), CHECK_AFTER);
  }

  #notice = "";

  /** The draft without what is empty. */
  #clean() {
    const { draft } = this.state;
    const wording = Object.entries(draft.wording).filter(([, texts]) => Object.keys(texts).length);
    return { ...structuredClone(draft), starters: draft.starters.filter((text) => text?.trim()), wording: Object.fromEntries(wording) };
  }

  async #check() {
    const number = (this.#checking += 1);
    let found;
    try {
      found = await api.check(this.#clean());
    } catch (error) {
      if (number === this.#checking) setText(this.status, error.message);
      return;
    }
    if (number !== this.#checking) return;
    this.#wrong = found.wrong;
    this.#tellWrong();
    this.preview.waits(found.config === null);
    if (!found.config) return;
    this.colours = found.colours;
    this.#tellColours();
    this.preview.show(found.config);
  }

  #tellWrong() {
    for (const place of this.#told) place.textContent = "";
    for (const control of this.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
    this.#told = this.#wrong.map(({ at, message }) => {
      const slot = this.#slot(at);
      slot.textContent = message;
      this.state.controls.get(slot.dataset.at)?.setAttribute("aria-invalid", "true");
      return slot;
    });
  }

  /** Where to say that something is wrong at this place: there, inside it, or around it. */
  #slot(at) {
    const slots = [...this.querySelectorAll("[data-at]")];
    for (let length = at.length; length > 0; length -= 1) {
      const place = at.slice(0, length).join(".");
      const found = slots.find((slot) => slot.dataset.at === place) ?? slots.find((slot) => slot.dataset.at.startsWith(`${place}.`));
      if (found) return found;
    }
    return this.status;
  }

  #tellColours() {
    const place = this.querySelector("[data-contrast]");
    if (!place) return;
    const { words, low } = this.colours ? contrastWords(this.colours) : { words: "", low: false };
    place.classList.toggle("warning", low);
    setText(place, words);
  }

  #publish() {
    const first = this.#told.find((slot) => slot.textContent);
    if (first) {
      const section = first.closest("details");
      if (section) section.open = true;
      (this.state.controls.get(first.dataset.at) ?? first).focus();
      return;
    }
    const { state } = this;
    const dialog = askNote({
      parts: changed(state.published.config, this.#clean()), note: state.restores ? `Brought back version ${state.restores.version}: ` : "",
      // Read anew at each press: after a conflict the draft is another one.
      publish: (note) => this.#send(this.#clean(), note),
    });
    this.append(dialog);
    dialog.showModal();
  }

  /** What went wrong, in words, or "". */
  async #send(config, note) {
    const { state } = this;
    const { version } = state.published;
    const back = state.restores && same(state.restores.config, config) ? state.restores.version : null;
    try {
      await (back === null ? api.publish(config, note, version) : api.restore(back, note, version));
    } catch (error) {
      return error.code === "conflict" ? this.#meet(config) : error.message;
    }
    await this.#afresh();
    this.#notice = "Published.";
    this.#show({});
    this.#changed();
    this.#notice = "";
    return "";
  }

  /** Somebody was faster: take theirs where we changed nothing, and say so. */
  async #meet(config) {
    const base = this.state.published.config;
    try {
      await this.#afresh();
    } catch (error) {
      return error.message;
    }
    this.#carry(base, config);
    this.#show({});
    this.#changed();
    const { by, note } = this.state.history[0] ?? {};
    return `${by || "Somebody else"} published meanwhile (“${note ?? ""}”). Where you changed nothing theirs is taken now. Look at it, then publish again.`;
  }

  async #afresh() {
    sessionStorage.removeItem(this.#key);
    this.state.restores = null;
    const [published, history] = await Promise.all([api.read(), api.history()]);
    Object.assign(this.state, { published, history, draft: structuredClone(published.config) });
  }

  #discard() {
    const { state } = this;
    state.draft = structuredClone(state.published.config);
    state.restores = null;
    this.#show({});
    this.#changed();
    this.bodies[0].details.querySelector("summary").focus();
  }

  #bringBack(one) {
    const { state } = this;
    state.draft = structuredClone(one.config);
    state.restores = one;
    this.#show({});
    this.#changed();
    this.publishButton.focus();
  }

  get #key() { return DRAFT + this.getAttribute("staff-id"); }

  #keep() {
    const { draft, published } = this.state;
    try {
      if (same(draft, published.config)) sessionStorage.removeItem(this.#key);
      else sessionStorage.setItem(this.#key, JSON.stringify({ base: published.config, draft }));
    } catch {
      // No storage here: a reload begins from what is published.
    }
  }

  #kept() {
    try {
      return JSON.parse(sessionStorage.getItem(this.#key));
    } catch {
      return null;
    }
  }
}

customElements.define("handrail-builder", HandrailBuilder);
