// An invitation on the screen, beside the closed bubble: it takes no focus and is spoken once.
import { colours } from "./colours.css.js";
import { element, icon } from "./dom.js";
import { teaserSheet } from "./teaser.css.js";

export class Teaser {
  /** host: {root, before(), wording(), open(), ask(text)}; onDismiss(): the visitor has sent it away. */
  constructor(rule, host, onDismiss) {
    const words = host.wording();
    const language = [words.language, "en", ...Object.keys(rule.text)].find((one) => rule.text[one]);
    this.rule = rule;
    this.text = rule.text[language];
    const button = (name, label, click) => element("button", { type: "button", class: name, dir: "auto", on: { click } }, label);
    const dismiss = () => {
      const held = this.element.contains(host.root.activeElement);
      this.remove();
      if (held) host.before().focus({ preventScroll: true });
      onDismiss();
    };
    const say = button("say", this.text, () => host.open());
    say.lang = language;
    const spoken = element("div", { role: "status" });
    const close = element("button", { type: "button", class: "no", "aria-label": words.dismiss, on: { click: dismiss } }, icon("close"));
    const keydown = (event) => event.key === "Escape" && dismiss();
    const few = rule.starters.map((one) => button("chip", one, () => host.ask(one)));
    this.element = element("div", { class: "teaser", role: "group", "aria-label": words.invitation, dir: words.dir, lang: words.language, on: { keydown } },
      spoken, few.length ? element("div", { class: "few" }, ...few) : null, close);
    host.root.adoptedStyleSheets.push(colours(), teaserSheet());
    host.root.insertBefore(this.element, host.before());
    // A live region speaks of what comes into it once it stands.
    setTimeout(() => spoken.append(say), 100);
  }

  remove() { this.element.remove(); }
}
