// One article, read inside the panel.
import { element, icon, setText } from "./dom.js";
import { renderMarkdown } from "./markdown.js";

export class Article {
  #now = null; // {id, found, query}: what is read

  /** context: {wording, server, ask(text), close()}; back: the button that leads away. */
  constructor(context, articles, back) {
    this.context = context;
    this.articles = articles;
    this.title = element("h3", { tabindex: "-1", dir: "auto" });
    this.body = element("div", { class: "reading" });
    this.status = element("p", { class: "small", role: "status" });
    this.ways = element("div", { class: "actions" });
    this.element = element("article", { hidden: true }, element("div", { class: "asking" }, back, this.title),
      this.body, this.status, this.ways);
  }

  hide() {
    this.element.hidden = true;
    this.#now = null;
  }

  /** found: the mark of the search that led here; query: its words. */
  async show(id, found, query) {
    const { wording } = this.context;
    const now = (this.#now = { id, found, query });
    this.element.hidden = false;
    this.body.replaceChildren();
    this.ways.replaceChildren();
    setText(this.title, wording.helpLoading);
    setText(this.status, "");
    this.title.focus({ preventScroll: true });
    try {
      const article = await this.articles.read(id, found);
      if (this.#now === now) this.#draw(article);
    } catch (error) {
      if (this.#now !== now) return;
      setText(this.title, wording.help);
      setText(this.status, error.code === "not_found" ? wording.helpGone : wording.helpFailed);
      const again = () => this.show(id, found, query);
      this.ways.replaceChildren(...(error.code === "not_found" ? [] : [this.#button(wording.retry, again)]));
    }
  }

  #draw({ title, language, parts, url }) {
    const { wording, server } = this.context;
    setText(this.title, title);
    this.title.lang = this.body.lang = language;
    // Lists stand on the side where their text begins.
    this.body.dir = getComputedStyle(this.title).direction;
    for (const name of ["context", "action", "outcome"]) {
      if (typeof parts[name] !== "string" || !parts[name].trim()) continue;
      const part = element("div", { class: `part ${name}` });
      if (name === "outcome") part.append(element("h4", { lang: wording.language }, icon("clock"), wording.outcome));
      part.append(renderMarkdown(parts[name]));
      this.body.append(part);
    }
    this.ways.replaceChildren(
      element("span", { id: "helped" }, wording.helped),
      this.#button(wording.helpedYes, () => this.#judge(true), { "aria-describedby": "helped" }),
      this.#button(wording.helpedNo, () => this.#judge(false), { "aria-describedby": "helped" }),
      element("div", { class: "line wide" }, this.#about(title), this.#outside(server, url)));
    // The heading has changed under the cursor: said anew.
    this.title.blur();
    this.title.focus({ preventScroll: true });
  }

  #about(title) {
    const { wording, ask } = this.context;
    const { query } = this.#now;
    return this.#button(wording.helpAsk, () => ask(query || wording.say("helpAbout", { title })));
  }

  #outside(server, url) {
    if (!/^\/help\/[\w-]+$/.test(url)) return null;
    return element("a", { class: "textlink", href: server + url, target: "_blank", rel: "noopener noreferrer" },
      this.context.wording.helpOutside);
  }

  async #judge(helped) {
    const { wording } = this.context;
    const { id, found } = this.#now;
    const line = this.ways.querySelector(".line");
    this.ways.replaceChildren(line);
    setText(this.status, helped ? wording.helpThanks : wording.helpSorry);
    const on = line.querySelector("button");
    if (helped) line.prepend(this.#button(wording.helpClose, () => this.context.close()));
    (helped ? line.querySelector("button") : on).focus();
    // A vote that is lost is no loss to the customer.
    await this.articles.judge(id, helped, found).catch(() => {});
  }

  #button(label, click, attributes = {}) {
    return element("button", { type: "button", class: "button", ...attributes, on: { click } }, label);
  }
}
