// What an agent does apart from any one chat: search, notes that name them, saved views, preferences.
import { setText } from "/widget/dom.js";
import { api } from "./api.js";
import { askViewName, confirmDeleteView } from "./dialogs.js";
import { kept } from "./filters.js";
import { showMentions } from "./mentions.js";
import { showKeys, showPreferences } from "./preferences.js";
import { searchHistory } from "./searching.js";
import { sheet } from "./keys.js";

export class Errands {
  #desk;

  /**
   * `desk`: {attempt(id, change) → true when done, opened(id) the chat comes on screen with the focus on it, noted(id) so do
   * its notes, parts() of the layout, shares() views with everybody, alerts, redraw()}
   */
  constructor(desk) { this.#desk = desk; }

  async search() {
    const found = await searchHistory();
    if (found) this.#desk.opened(found);
  }

  async mentions() {
    let chosen = null;
    await this.#desk.attempt(null, async () => { chosen = await showMentions(); });
    this.countMentions();
    if (chosen) this.#desk.noted(chosen);
  }

  async countMentions() {
    const { unread } = await api.mentions().catch(() => ({ unread: 0 }));
    setText(this.#desk.parts().mentions.firstChild, unread ? `Mentions (${unread}) ` : "Mentions ");
  }

  async saveView() {
    const { filters } = this.#desk.parts();
    const answer = await askViewName(this.#desk.shares());
    if (!answer?.name) return;
    const saved = await this.#desk.attempt(null, () => api.saveView(answer.name, kept(filters.filter), answer.shared));
    if (!saved) return;
    await filters.readViews();
    filters.use(filters.filter); // which is the new view now
  }

  async deleteView(view) {
    if (!await confirmDeleteView(view)) return;
    const { filters } = this.#desk.parts();
    if (!await this.#desk.attempt(null, () => api.deleteView(view.id))) return;
    await filters.readViews();
    filters.use({});
  }

  preferences() { showPreferences(this.#desk.alerts, () => this.#desk.redraw()); }

  keys() { showKeys(sheet); }
}
