// What the console remembers on this machine: drafts for this tab, and how the agent likes to work.

const DRAFT = "handrail:console:draft:";
const HABIT = "handrail:console:";

/** What was being written in each chat; gone when the tab closes. */
export class Drafts {
  #prefix;

  /** `kind`: what is written, if it is no reply. */
  constructor(kind = "") { this.#prefix = DRAFT + kind; }

  get(conversation) { return sessionStorage.getItem(this.#prefix + conversation) ?? ""; }

  set(conversation, text) {
    if (text) sessionStorage.setItem(this.#prefix + conversation, text);
    else sessionStorage.removeItem(this.#prefix + conversation);
  }
}

// Single-key shortcuts can be switched off (WCAG 2.1.4): speech input would trigger them.
const DEFAULTS = { keys: true, sound: true, alarm: true, desktop: false, preview: true, awayMinutes: 10 };

/** habits.sound, habits.sound = false: kept across visits. */
export const habits = {};
for (const [name, standard] of Object.entries(DEFAULTS)) {
  Object.defineProperty(habits, name, {
    enumerable: true,
    get() {
      const kept = localStorage.getItem(HABIT + name);
      if (kept === null) return standard;
      return typeof standard === "number" ? Number(kept) || 0 : kept === "on";
    },
    set(value) {
      localStorage.setItem(HABIT + name, typeof standard === "number" ? String(value) : value ? "on" : "off");
    },
  });
}

const OPEN = "handrail:console:open";

/** Which chats stand side by side, across a reload of this tab: {open: [{id, pinned}], focused}. */
export const columnsKept = {
  read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(OPEN));
      return Array.isArray(kept?.open) ? kept : null;
    } catch {
      return null;
    }
  },
  write(kept) { sessionStorage.setItem(OPEN, JSON.stringify(kept)); },
};
