// What happens in the reply boxes: sending, drafts, typing signals, and the picker of replies and macros.
import { element } from "/widget/dom.js";
import { api } from "./api.js";
import { confirmRemoval } from "./dialogs.js";
import { runMacro } from "./macro.js";
import { Picker } from "./picker.js";
import { watchHint } from "./vague.js";

export class Writing {
  #connection;
  #drafts;
  #files;
  #tells;
  #pickers = new WeakMap(); // pane -> Picker
  /** The chats in which this agent types now. */
  writes = new Set();

  /** `tells`: {column(id) is worked at, wrote() began or ceased, changed(id), problem(id, words)} */
  constructor(connection, drafts, files, tells) {
    this.#connection = connection;
    this.#drafts = drafts;
    this.#files = files;
    this.#tells = tells;
  }

  /** Listen to the panes in this element. */
  listen(root) {
    const on = (name, does) => root.addEventListener(`chat-${name}`, ({ detail }) => does(detail.conversation, detail.what));
    on("send", (conversation, text) => this.#connection.send(text, { conversation }));
    on("files", (conversation, files) => this.#files.send(conversation, files));
    on("retry", (_, clientId) => this.#files.retry(clientId) || this.#connection.retry(clientId));
    on("discard", (_, clientId) => this.#files.remove(clientId) || this.#connection.discard(clientId));
    on("remove", (conversation, file) => this.#remove(conversation, file));
    on("typing", (conversation) => this.#connection.typing(conversation));
    on("draft", (conversation, text) => this.#drafts.set(conversation, text));
    on("focus", (conversation) => this.#tells.column(conversation));
    on("writes", (conversation, now) => {
      if (now) this.writes.add(conversation);
      else this.writes.delete(conversation);
      this.#tells.wrote();
    });
  }

  /** Give a pane its picker and its quiet word about vague times; once. */
  attach(pane) {
    if (this.#pickers.has(pane)) return;
    this.#pickers.set(pane, new Picker({
      box: pane.box, conversation: () => pane.conversation, insert: (text) => pane.insert(text),
      macro: (macro) => this.#macro(pane.conversation, macro),
    }));
    const hint = element("p", { class: "hc-hint quiet", role: "status", hidden: true });
    pane.box.closest("form").append(hint);
    watchHint(pane.box, hint);
  }

  pick(pane) { this.#pickers.get(pane)?.open(); }

  async #remove(conversation, { id, name }) {
    try {
      if (await confirmRemoval(name)) await api.removeFile(conversation, id);
    } catch (error) {
      this.#tells.problem(conversation, error.message);
    }
  }

  async #macro(conversation, macro) {
    try {
      if (await runMacro(conversation, macro)) this.#tells.changed(conversation);
    } catch (error) {
      this.#tells.problem(conversation, error.message);
    }
  }
}
