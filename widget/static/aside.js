// What takes the messages' place for a while: the articles, or saving the chat. Each is made when first wanted.
import { element, setText } from "./dom.js";
import { HelpView } from "./help.js";
import { SaveView } from "./save.js";

const VIEWS = { help: HelpView, save: SaveView };

export class Aside {
  #views = {}; // name -> view: {element, open(what), back()}
  #shown = null;
  #opener = null; // what had the focus, to go back to
  #count = 0; // messages when it opened
  #own = 0; // and how many of them the customer's

  /**
   * context: {wording, server, house, token(), ask(text)}: what the views need.
   * main: the messages. onChange(open): it opened or closed; focus(): where the cursor goes when what opened it is gone.
   */
  constructor(context, { main, onChange, focus }) {
    this.context = context;
    this.main = main;
    this.onChange = onChange;
    this.focus = focus;
    this.news = element("button", { type: "button", class: "news", hidden: true, on: { click: () => this.close() } },
      context.wording.say("new", { count: 0 }));
    this.element = element("div", { class: "aside", hidden: true }, this.news);
  }

  get open() { return this.#shown?.name ?? null; }

  show(name, what = {}) {
    if (!this.#shown) this.#opener = this.element.getRootNode().activeElement;
    const view = this.#views[name] ??= new VIEWS[name](
      { ...this.context, close: () => this.close(), leave: () => this.close({ focus: false }) });
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
}
