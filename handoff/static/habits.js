// What the console remembers on this machine: drafts for this tab, and how the agent likes the keyboard.

const DRAFT = "handrail:console:draft:";
const KEYS = "handrail:console:keys";

/** What was being written in each chat; gone when the tab closes. */
export class Drafts {
  get(conversation) { return sessionStorage.getItem(DRAFT + conversation) ?? ""; }

  set(conversation, text) {
    if (text) sessionStorage.setItem(DRAFT + conversation, text);
    else sessionStorage.removeItem(DRAFT + conversation);
  }
}

/** Single-key shortcuts can be switched off (WCAG 2.1.4): speech input would trigger them. */
export const singleKeys = {
  get on() { return localStorage.getItem(KEYS) !== "off"; },
  set on(value) { localStorage.setItem(KEYS, value ? "on" : "off"); },
};
