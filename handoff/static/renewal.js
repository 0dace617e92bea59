// A server that was started anew may have a newer console: then the page is loaded again, but not under the hands of
// somebody who works. What was being written is kept for this tab (habits.js).

const LOOK = 2000;
const QUIET = 60_000; // ms without a key or a click

export class Renewal {
  #touched = Date.now();
  #shell = null; // the socket of the frame around the console

  /** `online()`: whether the console's own connection stands. */
  constructor(online) {
    for (const kind of ["keydown", "pointerdown"]) {
      addEventListener(kind, () => { this.#touched = Date.now(); }, { passive: true, capture: true });
    }
    setInterval(() => this.#look(online), LOOK);
  }

  #look(online) {
    if (!this.#shell && globalThis.socket?.connected) {
      this.#shell = globalThis.socket;
      // It would load the page at once when it finds another server: an open dialog would be gone, and what is typed on
      // would be taken for shortcuts.
      this.#shell.io.reconnection(false);
    }
    if (!this.#shell || this.#shell.connected || !online()) return;
    const quiet = document.hidden || Date.now() - this.#touched > QUIET;
    if (quiet && !document.querySelector("dialog[open]")) location.reload();
  }
}
