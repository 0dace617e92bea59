// What stands before the first message: consent, the house's form, and the choice of whom to ask. Each takes the
// composer's place until it is done; loaded when one of them is wanted.
import { element, icon, setText } from "./dom.js";
import { sayPeople } from "./people.js";

const LINE = 200; // characters of one answer

/** What the customer agrees to; `outdated`: the server wants another version than this page was loaded with. */
export class Consent {
  /** context: {wording, config, onAgree(version), onClose()} */
  constructor({ wording, config, onAgree, onClose }) {
    const { text = {}, link, version } = config.consent ?? {};
    const language = [wording.language, "en", ...Object.keys(text)].find((one) => text[one]);
    this.title = element("h3", { tabindex: "-1", id: "before" }, wording.begin);
    // Its own language where it is not the panel's, so that it is read out right.
    const words = element("p", { class: "terms", lang: language, dir: "auto" }, text[language] ?? "");
    const more = link && element("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, wording.consentLink,
      icon("out"), element("span", { class: "unseen" }, ` (${wording.consentNewTab})`));
    this.now = element("div", {}, words, more && element("p", {}, more), element("p", {}, wording.consentNothing),
      element("div", { class: "actions" },
        button(wording.consentAgree, () => onAgree(version), "button primary"),
        button(wording.consentNo, onClose)));
    this.old = element("p", { role: "alert", hidden: true }, wording.consentOld);
    this.element = element("section", { class: "before", "aria-labelledby": "before" }, this.title, this.now, this.old);
  }

  update({ outdated }) {
    this.now.hidden = outdated;
    this.old.hidden = !outdated;
  }

  focus() { this.title.focus(); }
}

/** The house's questions before the chat; answered once, and never again by the assistant. */
export class Form {
  #fields;

  /** context: {wording, config, known(): {name: text}, onForm(answers)} */
  constructor({ wording, config, known, onForm }) {
    this.wording = wording;
    this.title = element("h3", { tabindex: "-1", id: "before" }, wording.begin);
    this.#fields = config.form.map((field, index) => this.#field(field, index));
    const optional = config.form.every(({ required }) => !required);
    const submit = (event) => {
      event.preventDefault();
      const wrong = this.#fields.filter((field) => !this.#check(field));
      if (wrong.length) wrong[0].input.focus();
      else onForm(Object.fromEntries(this.#fields.map(({ name, input }) => [name, input.value.trim()]).filter(([, value]) => value)));
    };
    this.element = element("form", { class: "before", novalidate: true, "aria-labelledby": "before", on: { submit } },
      this.title, ...this.#fields.map(({ row }) => row),
      element("div", { class: "actions" }, element("button", { type: "submit", class: "button primary" }, wording.formStart),
        optional && button(wording.skip, () => onForm({}))));
    this.prefill(known());
  }

  /** Put what the site knows into fields that are still empty. */
  prefill(known) {
    for (const { name, input } of this.#fields) {
      const value = known[name];
      if (!input.value && ["string", "number"].includes(typeof value)) input.value = String(value).slice(0, LINE);
    }
  }

  update({ refused }) {
    const field = refused && this.#fields.find(({ name }) => name === refused);
    if (!field || field.refused) return;
    field.refused = true;
    this.#say(field, this.wording.formWrong);
    field.input.focus();
  }

  focus() { this.#fields[0].input.focus(); }

  #field({ name, label, kind, choices, required }, index) {
    const { wording } = this;
    const own = label[wording.language] ?? label.en ?? Object.values(label)[0];
    const text = own ?? { name: wording.formName, email: wording.formEmail }[name] ?? name;
    const id = `before-${index}`;
    const attributes = { class: "field", id, "aria-describedby": `${id}-wrong`, "aria-required": required ? "true" : null, dir: "auto" };
    const input = kind === "choice"
      ? element("select", attributes, element("option", { value: "" }, wording.formChoose), ...choices.map((one) => element("option", {}, one)))
      : element("input", { ...attributes, type: kind === "email" ? "email" : "text", maxlength: name === "name" ? 80 : LINE,
        autocomplete: { name: "name", email: "email" }[name] ?? "off" });
    const wrong = element("p", { class: "wrong", id: `${id}-wrong`, role: "alert", hidden: true });
    const row = element("div", {}, element("label", { for: id, dir: "auto" }, required ? text : wording.say("formOptional", { label: text })),
      input, wrong);
    const field = { name, kind, required, input, wrong, row };
    input.addEventListener("input", () => {
      field.refused = false;
      if (!wrong.hidden) this.#check(field);
    });
    return field;
  }

  #check(field) {
    const { kind, required, input } = field;
    const value = input.value.trim();
    let words = "";
    if (!value && required) words = this.wording.formMissing;
    else if (value && kind === "email" && !input.validity.valid) words = this.wording.mailWrong;
    this.#say(field, words);
    return !words;
  }

  #say({ input, wrong }, words) {
    input.setAttribute("aria-invalid", String(Boolean(words)));
    wrong.hidden = !words;
    setText(wrong, words);
  }
}

/** The assistant or a person, with who is there now; a person first asks for one line of what it is about. */
export class Choice {
  /** context: {wording, onBot(), onPerson(about or ""), redraw()} */
  constructor({ wording, onBot, onPerson, redraw }) {
    this.wording = wording;
    this.redraw = redraw;
    this.botNote = element("span");
    this.personNote = element("span");
    this.bot = choose("chat", wording.firstBot, this.botNote, onBot);
    this.person = choose("person", wording.person, this.personNote, () => this.#ask());
    this.both = element("div", { class: "both", role: "group", "aria-label": wording.first }, this.bot, this.person);
    this.about = element("input", { class: "field", id: "about", maxlength: LINE, dir: "auto", autocomplete: "off" });
    this.there = element("p", { role: "status" });
    const submit = (event) => {
      event.preventDefault();
      onPerson(this.about.value.trim());
    };
    this.form = element("form", { hidden: true, on: { submit } }, this.there,
      element("label", { for: "about" }, wording.aboutWhat), this.about,
      element("div", { class: "actions" }, element("button", { type: "submit", class: "button primary" }, wording.aboutSend),
        button(wording.aboutSkip, () => onPerson("")), button(wording.goBack, () => this.back())));
    this.element = element("section", { class: "choice" }, this.both, this.form);
  }

  update({ state }) {
    const { wording } = this;
    const down = state.bot === "down";
    setText(this.botNote, down ? wording.assistantAway : wording.assistantNote);
    this.bot.setAttribute("aria-disabled", String(down));
    const there = sayPeople(wording, state.people);
    setText(this.personNote, there);
    setText(this.there, this.form.hidden ? "" : there);
  }

  /** Whether the line for a person is open. */
  get asking() { return !this.form.hidden; }

  /** From the line to the choice; false when that is where we are. */
  back() {
    if (!this.asking) return false;
    this.form.hidden = true;
    this.both.hidden = false;
    this.redraw();
    this.person.focus();
    return true;
  }

  #ask() {
    this.both.hidden = true;
    this.form.hidden = false;
    setText(this.there, this.personNote.textContent);
    this.redraw();
    this.about.focus();
  }
}

function choose(name, label, note, call) {
  const click = ({ currentTarget }) => currentTarget.getAttribute("aria-disabled") !== "true" && call();
  return element("button", { type: "button", class: "button", on: { click } }, icon(name), element("span", {}, element("b", {}, label), note));
}

function button(label, click, className = "button") {
  return element("button", { type: "button", class: className, on: { click } }, label);
}
