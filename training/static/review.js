// The review page: what customers wrote, one message current, one key a deed. It talks to /api/training itself, because a
// key must not wait for a server: the next message is there at once, and what is refused comes back with words.
import { element } from "/widget/dom.js";
import { countOf, deed, plural } from "./acting.js";
import * as address from "./address.js";
import { api } from "./api.js";
import { Deeds } from "./deeds.js";
import { Detail } from "./detail.js";
import { askMissing, askNewIntent, showConversation, showSheet } from "./dialogs.js";
import { Filters } from "./filters.js";
import { press } from "./keys.js";
import { waitForSending } from "./leaving.js";
import { Lines } from "./lines.js";
import { List } from "./list.js";
import { askWhatItIs } from "./marking.js";
import { pick } from "./picker.js";
import { LOW, Reading } from "./reading.js";
import { Shell } from "./shell.js";
import { Words } from "./words.js";

class Review extends HTMLElement {
  #lines = new Lines();
  #deeds = new Deeds(this.#lines, {
    refused: (words, labels, lines) => {
      this.#words.all.today -= labels;
      this.#reading.total += lines;
      this.#shell.problem(words);
      this.#recount();
    },
    changed: () => this.#draw(),
    asked: (count, labels) => {
      this.#words.all.today -= labels;
      this.#recount();
      this.#shell.done(`${plural(count, "message waits", "messages wait")} for a colleague's opinion first.`, "A colleague is asked first");
    },
    stale: () => { this.#read(() => this.#reading.begin(this.#filter)); },
    sent: () => this.#settle(),
  });
  #reading = new Reading(this.#lines, this.#deeds);
  #words;
  #shell;
  #list;
  #detail;
  #filters;
  #filter;
  #stay = null;
  #recent = []; // intents chosen here, the latest first

  async connectedCallback() {
    if (this.firstChild) return;
    this.append(element("p", { class: "rv-quiet", role: "status" }, "Reading the messages…"));
    const known = await api.page().catch((error) => {
      this.replaceChildren(element("p", { class: "rv-problem", role: "alert" }, error.message));
    });
    if (!known) return;
    this.#words = new Words(known);
    this.#filter = address.read();
    this.#filters = new Filters(this.#words, this.#filter, (filter) => this.#narrow(filter));
    this.#list = new List(this.#words, {
      go: (line) => { this.#lines.go(line.id); this.#draw(); this.#shell.toDetail(); },
      select: (line) => { this.#lines.go(line.id); this.#lines.select(); this.#draw(); },
    });
    this.#detail = new Detail(this.#words, this.#does);
    this.#shell = new Shell(this, { filters: this.#filters, list: this.#list, detail: this.#detail, does: this.#does });
    document.addEventListener("keydown", this.#pressed);
    this.#stay = waitForSending(this.#deeds);
    await this.#read(() => this.#reading.begin(this.#filter));
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.#pressed);
    this.#stay?.();
  }

  #pressed = (event) => press(event, this.#does);

  #does = {
    confirm: () => this.#confirm(),
    candidate: (index) => this.#candidate(index),
    label: (intent) => this.#label(intent),
    pick: () => this.#pick(""),
    type: (letter) => this.#pick(letter),
    create: () => this.#create(""),
    mark: () => this.#mark(),
    ask: () => this.#ask(),
    missing: () => this.#missing(),
    ignore: () => this.#act((lines) => deed.ignore(lines, this.#filter.show)),
    bringBack: () => this.#act((lines) => deed.bringBack(lines, this.#filter.show)),
    undo: () => this.#undo(),
    next: () => this.#move(1),
    previous: () => this.#move(-1),
    select: () => { this.#lines.select(); this.#draw(); this.#saySelected(); },
    range: () => { this.#lines.select(true); this.#draw(); this.#saySelected(); },
    none: () => { if (!this.#lines.selected.size) return false; this.#lines.selected.clear(); return this.#draw(); },
    unfold: () => this.#unfold(),
    fold: () => { if (this.#lines.current?.open) { this.#lines.fold(this.#lines.current); this.#draw(); } },
    conversation: () => { if (this.#lines.current) showConversation(this.#lines.current.id); },
    sheet: () => { showSheet(); },
  };

  // Reading

  async #narrow(filter) {
    this.#filter = filter;
    address.write(filter);
    await this.#read(() => this.#reading.begin(filter));
  }

  async #read(read = () => this.#reading.more()) {
    try {
      if (!await read()) return;
      this.#filters.count(this.#reading.reasons, this.#reading.languages);
      this.#recount();
    } catch (error) {
      this.#shell.problem(error.message, () => this.#read(() => this.#reading.again()));
    }
    this.#draw();
  }

  /** Read what a folded line stands for before somebody acts on it. */
  #ahead(line) {
    if (!line || line.size < 2 || line.members || line.reading) return;
    this.#reading.members(line).then((members) => { if (members && line === this.#lines.current) this.#draw(); });
  }

  // Showing

  #draw() {
    const { current } = this.#lines;
    this.#list.show(this.#lines);
    this.#detail.show(current, { show: this.#filter.show, chosen: this.#lines.selected.has(current?.id) ? this.#lines.selected.size : 0 });
    this.#shell.show({ lines: this.#lines, reading: this.#reading, filter: this.#filter, words: this.#words, undo: this.#deeds.last });
    this.#ahead(current);
    this.#ahead(this.#lines.after);
    const ahead = this.#lines.all.length - this.#lines.place;
    if (!this.#reading.over && !this.#reading.busy && ahead <= LOW) this.#read();
  }

  #recount() { this.#shell.count(this.#words.all); }

  /** All is sent: an empty list is asked once more, for what came meanwhile. */
  #settle() {
    if (!this.#lines.all.length && !this.#reading.busy) this.#read(() => this.#reading.again());
  }

  #saySelected() { this.#shell.say(`${this.#lines.selected.size} selected`); }

  #next() { return this.#lines.current ? `next: ${this.#lines.current.item.text}` : "the list is empty"; }

  // Doing

  #move(step) {
    if (!this.#lines.move(step)) return;
    this.#draw();
    this.#shell.say(this.#lines.current.item.text);
  }

  #act(make, about = this.#lines.targets) {
    if (!about.length) return;
    const what = make(about);
    this.#deeds.act(what);
    this.#words.all.today += what.counts;
    this.#reading.total = Math.max(0, this.#reading.total - what.lines.length);
    this.#draw();
    this.#shell.done(`${what.said}.`, `${what.said}, ${this.#next()}`);
    this.#recount();
  }

  #undo() {
    const what = this.#deeds.undo();
    if (!what) return this.#shell.done("Nothing to take back.", "Nothing to take back.");
    if (what.after) this.#deeds.settled().then(what.after).catch(() => {}); // at worst a name too many in the picker
    this.#words.all.today -= what.counts;
    this.#reading.total += what.taken.length;
    this.#draw();
    this.#recount();
    return this.#shell.done(`Taken back: ${what.said}.`, `Taken back, ${this.#next()}`);
  }

  #label(intent, about) {
    this.#recent = [intent, ...this.#recent.filter((one) => one !== intent)].slice(0, 5);
    this.#act((lines) => deed.label(lines, intent, this.#words.intent(intent), this.#filter.show), about);
  }

  #confirm() {
    if (this.#filter.show !== "open") return;
    const lines = this.#lines.targets.filter((line) => this.#words.known(line.item.intent));
    if (lines.length) this.#act((some) => deed.confirm(some, this.#words.intent), lines);
    else if (this.#lines.current) this.#shell.problem("It was taken for nothing that can be confirmed: choose with / or a number.");
  }

  #candidate(index) {
    const found = this.#lines.current?.item.candidates[index];
    if (found && this.#words.known(found[0])) this.#label(found[0]);
  }

  async #pick(typed) {
    const lines = this.#lines.targets;
    if (!lines.length) return;
    const { current } = this.#lines;
    const first = [...(current?.item.proposals ?? []).map((one) => one.intent), ...(current?.item.candidates ?? []).map(([name]) => name), ...this.#recent];
    const entries = this.#words.entries(first);
    const title = countOf(lines) > 1 ? `What are these ${countOf(lines)} about?` : "What is it about?";
    const answer = await pick({ title, placeholder: "Type a few letters", entries, typed, create: "New intent" });
    if (typeof answer === "string") this.#label(answer, lines);
    else if (answer) await this.#create(answer.typed);
  }

  async #create(typed) {
    const lines = this.#lines.targets;
    if (!lines.length || this.#filter.show !== "open") return;
    const made = await askNewIntent(lines.flatMap((line) => line.members ?? [line.item]).map((item) => item.text), this.#words.names, typed);
    if (!made) return;
    const what = deed.create(lines, made, this.#words.add(made.name, made.examples));
    const { send } = what;
    what.send = () => send().catch((error) => { this.#words.remove(made.name); throw error; });
    what.after = async () => { if (!(await api.intents()).some(({ name }) => name === made.name)) this.#words.remove(made.name); };
    this.#act(() => what);
  }

  #mark() {
    const line = this.#lines.current;
    if (!line || this.#filter.show !== "open") return;
    this.#detail.mark(line, async (part) => {
      const said = await askWhatItIs(part, this.#words);
      if (said) this.#shell.done(`“${part}” is marked: ${said.value ?? this.#words.entity(said.entity)}.`, `Marked as ${this.#words.entity(said.entity)}`);
      return said;
    });
  }

  async #ask() {
    const line = this.#lines.current;
    if (!line || this.#filter.show !== "open") return;
    if (line.size > 1) await this.#unfold();
    const entries = this.#words.entries([line.item.intent, ...line.item.candidates.map(([name]) => name)]);
    const answer = await pick({ title: "What would you say? A colleague is asked, too", placeholder: "Type a few letters", entries });
    if (typeof answer === "string") this.#act(() => deed.ask(line, answer, this.#words.intent(answer)), [line]);
  }

  async #missing() {
    const lines = this.#lines.targets;
    if (!lines.length || this.#filter.show !== "open") return;
    const note = await askMissing(lines.map((line) => line.item.text));
    if (note !== null) this.#act(() => deed.missing(lines, note), lines);
  }

  async #unfold() {
    const line = this.#lines.current;
    if (!line || line.size < 2) return;
    const members = await this.#reading.members(line);
    if (!members) return this.#shell.problem("They can't be opened one by one: too many, or out of reach. Narrow the list, or try again.");
    if (line.size > 1 && this.#lines.all.includes(line)) this.#lines.unfold(line, members);
    this.#draw();
    this.#shell.say(`${plural(members.length, "message", "messages")}, opened`);
  }
}

customElements.define("handrail-review", Review);
