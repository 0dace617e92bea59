// What takes the messages' place for a while: the articles, or saving the chat. Each is loaded when first wanted.
import { element, setText } from "./dom.js";

const LOADERS = {
  help: async () => (await import("./help.js")).HelpView,
  save: async () => (await import("./save.js")).SaveView,
};

export class Aside {
  #views = {}; // name -> promise of a view: {element, open(what), back()}
  #shown = null;
  #opener = null; // what had the focus, to go back to
  #count = 0; // messages when it opened
  #own = 0; // and how many of them the customer's

  /**
   * context: {wording, root, server, house, token(), ask(text)}: what the views need.
   * main: the messages. onChange(open): it opened or closed; onLost(lost): it could not be loaded, or was after all;
   * focus(): where the cursor goes when what opened it is gone.
   */
  constructor(context, { main, onChange, onLost, focus }) {
    this.context = context;
    this.main = main;
    this.onChange = onChange;
    this.onLost = onLost;
    this.focus = focus;
    this.news = element("button", { type: "button", class: "news", hidden: true, on: { click: () => this.close() } },
      context.wording.say("new", { count: 0 }));
    this.element = element("div", { class: "aside", hidden: true }, this.news);
  }

  get open() { return this.#shown?.name ?? null; }

  async show(name, what = {}) {
    const opener = this.element.getRootNode().activeElement;
    const view = await this.#load(name);
    if (!view) return;
    if (!this.#shown) this.#opener = opener;
    if (this.#shown?.view !== view) this.#shown?.view.element.remove();
    this.#shown = { name, view };
    this.element.append(view.element);
    this.element.hidden = false;
    this.main.hidden = true;
    this.onChange();
    view.open(what);
  }

  /** One step back; true when there was one. */
  back() {
    if (!this.#shown) return false;
    if (!this.#shown.view.back()) this.close();
    return true;
  }

  close({ focus = true } = {}) {
    if (!this.#shown) return;
    this.#shown.view.element.remove();
    this.#shown = null;
    this.element.hidden = true;
    this.main.hidden = false;
    this.onChange();
    if (!focus) return;
    if (this.#opener?.isConnected && this.#opener.checkVisibility()) this.#opener.focus();
    else this.focus();
  }

  /** Say that messages came while the customer reads here. */
  update(messages) {
    const count = messages.length;
    const own = messages.filter(({ author }) => author === "customer").length;
    // Who writes wants to see what becomes of it. What failed earlier stands last, and is no news.
    if (this.#shown && own > this.#own) this.close({ focus: false });
    if (!this.#shown) [this.#count, this.#own] = [count, own];
    const fresh = this.#shown ? Math.max(0, count - this.#count) : 0;
    this.news.hidden = !fresh;
    if (fresh) setText(this.news, this.context.wording.say("new", { count: fresh }));
  }

  async #load(name) {
    this.#views[name] ??= LOADERS[name]().then((View) => new View(
      { ...this.context, close: () => this.close(), leave: () => this.close({ focus: false }) }));
    try {
      const view = await this.#views[name];
      this.onLost(false);
      return view;
    } catch {
      delete this.#views[name];
      this.onLost(true);
      return null;
    }
  }
}
