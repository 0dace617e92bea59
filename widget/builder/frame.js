// The preview beside the form: its switches, and the frame that runs the widget.
import { element } from "/widget/dom.js";
import { choice, LANGUAGES } from "./parts.js";

const SCENES = {
  welcome: "The welcome", answer: "An answer", waiting: "Waiting for a person", person: "With a person", after: "After the chat", invited: "The first invitation", closed: "Only the bubble",
};

export class Preview {
  #config = null;
  #ready = false;
  #wish = { theme: "", language: "", scene: "welcome" };

  constructor() {
    this.frame = element("iframe", { src: "/staff/widget-preview", title: "Preview of the widget" });
    this.stage = element("div", { class: "stage", "data-device": "desktop" }, this.frame);
    const wish = (name) => (value) => {
      this.#wish[name] = value;
      this.#send();
    };
    this.element = element("section", { class: "preview", id: "preview", "aria-labelledby": "preview-title", tabindex: "-1" },
      element("h2", { id: "preview-title" }, "Preview"),
      element("p", { class: "hint" }, "The real widget on what you have set here. Nothing you do in it is stored or reaches anybody."),
      element("div", { class: "switches" },
        choice("Screen", { desktop: "Desktop", phone: "Phone" }, "desktop", (device) => { this.stage.dataset.device = device; }),
        choice("Theme", { "": "As set", light: "Light", dark: "Dark" }, "", wish("theme")),
        drop("Language", { "": "As set", ...LANGUAGES, ar: "العربية, from right to left" }, wish("language")),
        drop("Moment", SCENES, wish("scene"))),
      this.waiting = element("p", { class: "warning", role: "status", hidden: true }, "The preview waits until what is marked on the form is put right."),
      this.stage);
    addEventListener("message", this.#onMessage);
  }

  /** Show these settings, as the browser would get them. */
  show(config) {
    this.#config = config;
    this.#send();
  }

  /** Whether the draft can't be shown as it is. */
  waits(yes) { this.waiting.hidden = !yes; }

  end() { removeEventListener("message", this.#onMessage); }

  #onMessage = ({ origin, source, data }) => {
    if (origin !== location.origin || source !== this.frame.contentWindow || data?.type !== "ready") return;
    this.#ready = true;
    this.#send();
  };

  #send() {
    if (!this.#ready || !this.#config) return;
    this.frame.contentWindow.postMessage({ type: "show", config: this.#config, ...this.#wish }, location.origin);
  }
}

function drop(label, options, onChange) {
  const control = element("select", { on: { change: () => onChange(control.value) } },
    ...Object.entries(options).map(([value, words]) => element("option", { value }, words)));
  return element("label", { class: "drop" }, element("span", {}, label), control);
}
