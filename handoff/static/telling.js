// How an agent hears of what happens: sound, desktop and screen reader, each where it helps.
import { TITLES, news } from "./notices.js";

const OLD = 60_000; // ms: what was missed during a drop is shown, not sounded

export class Telling {
  #alerts;
  #speaker;
  #select;

  /** `select(conversation)`: a notification was clicked. */
  constructor(alerts, speaker, select) {
    this.#alerts = alerts;
    this.#speaker = speaker;
    this.#select = select;
  }

  /** What is new in the queue; `acted`: chats that this agent has just done something to. */
  queue(before, after, acted) {
    const found = news(before, after, acted);
    if (!found.length) return;
    this.#alerts.ring();
    const [first] = found;
    const pressing = found.filter(({ kind }) => kind === "alarm" || kind === "offer");
    if (pressing.length) this.#speaker.say(pressing.map(({ words }) => words).join(". "), true);
    else this.#speaker.say(found.length === 1 ? first.words : `${found.length} new: ${first.words}`);
    this.#alerts.notify(TITLES[first.kind], first.words, first.kind, () => this.#select(first.entry.conversation));
  }

  /** A customer of ours has written: heard unless it stands on the screen that is looked at (`shown`). */
  message(name, { conversation, text, created_at: at }, shown) {
    if (Date.now() - Date.parse(at) > OLD) return;
    if (document.hidden) {
      this.#alerts.ring();
      this.#alerts.notify(`${name} writes`, text.slice(0, 120), conversation, () => this.#select(conversation));
    } else if (!shown) {
      this.#alerts.ring();
      this.#speaker.say(`New message from ${name}: ${text.slice(0, 200)}`);
    }
  }

  /** A colleague's note names this agent. */
  named(name, conversation) {
    this.#alerts.ring();
    this.#speaker.say("A colleague named you in a note.");
    this.#alerts.notify("A colleague named you in a note", name, "mention", () => this.#select(conversation));
  }
}
