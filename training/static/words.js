// What codes are called; the sentences come from the server (training/words.py), which tests read there.

export class Words {
  #names;
  #languages = new Intl.DisplayNames([], { type: "language", fallback: "code" });

  /** `all`: GET /api/training/page; its `today` is counted on here. */
  constructor(all) {
    this.all = { ...all };
    this.#names = new Map(all.intents.map((intent) => [intent.name, intent]));
  }

  get names() { return new Set(this.#names.keys()); }

  intent = (name) => this.#names.get(name)?.words ?? (name ? name.replaceAll("_", " ") : "nothing");

  /** Whether a message may be given it. */
  known = (name) => this.#names.has(name);

  entity = (name) => this.all.entities.find((one) => one.name === name)?.words ?? name.replaceAll("_", " ");

  reason = (code) => this.all.reasons[code] ?? [code.replaceAll("_", " "), ""];

  after = (code) => this.all.after[code] ?? "";

  decided = (code) => this.all.decided[code] ?? "";

  language = (code) => {
    try {
      return this.#languages.of(code);
    } catch {
      return code; // no language code at all
    }
  };

  /** For the picker: `first` on top, the others by name. */
  entries(first) {
    const order = [...new Set(first.filter((name) => this.#names.has(name)))];
    const others = [...this.#names.keys()].filter((name) => !order.includes(name)).sort();
    return [...order, ...others].map((name) => {
      const { words, examples, samples } = this.#names.get(name);
      return { value: name, title: words, text: samples.join(" · "), note: `${examples.toLocaleString("en")} examples` };
    });
  }

  get entities() { return this.all.entities.map(({ name, words, learned }) => ({ value: name, title: words, text: "", note: learned ? "learned" : "" })); }

  /** What an entity can be, where that is a list; else nothing. */
  choices = (name) => this.all.entities.find((one) => one.name === name)?.known ?? [];

  /** A new intent, before the server has it; returns what it is called. */
  add(name, examples) {
    this.#names.set(name, { name, words: name.replaceAll("_", " "), examples: examples.length, samples: examples.slice(0, 3) });
    return this.intent(name);
  }

  remove(name) { this.#names.delete(name); }
}
