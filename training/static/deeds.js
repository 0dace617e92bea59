// What the trainer did: shown at once, sent one after the other, taken back in the opposite order.
//
// A deed: {lines, counts, send() → {done, refused}, takeBack(done), said}, where `counts` messages are labelled. The list never waits for the server;
// what it refuses comes back to its place with the reason.

export class Deeds {
  #chain = Promise.resolve();
  #waiting = 0;
  #stack = [];
  #lines;
  #tell;

  /** `tell.refused(words, labels, lines)`: so many fewer labels, so many more lines; `changed()`: draw; `stale()`: read the list anew; `asked(count, labels)`: so many wait for a colleague; `sent()`: one more is written. */
  constructor(lines, tell) {
    this.#lines = lines;
    this.#tell = tell;
  }

  get last() { return this.#stack.at(-1) ?? null; }

  /** How many lines are off the list, and the server has not heard of it. */
  get unsent() { return this.#stack.filter((deed) => !deed.sent).reduce((sum, deed) => sum + deed.taken.length, 0); }

  /** Do it on the screen now, and on the server as soon as what came before is there. */
  act(deed) {
    deed.taken = this.#lines.take(deed.lines);
    deed.list = this.#lines.list;
    this.#stack.push(deed);
    this.#then(() => this.#send(deed));
  }

  /** Take the last one back; returns it, or null. */
  undo() {
    const deed = this.#stack.pop();
    if (!deed) return null;
    deed.off = true;
    const here = deed.list === this.#lines.list;
    if (here) this.#lines.putBack(deed.taken, { current: true });
    this.#then(async () => {
      try {
        if (deed.done?.length) await deed.takeBack(deed.done);
      } catch (error) {
        if (here) this.#lines.take(deed.taken.map(({ line }) => line));
        this.#tell.refused(error.message, -deed.counts, here ? -deed.taken.length : 0);
        this.#tell.changed();
      }
      // Done in another list than the one that is shown now.
      if (!here) this.#tell.stale();
    });
    return deed;
  }

  /** Whether the server has not heard of everything yet. */
  get busy() { return this.#waiting > 0; }

  /** Resolves when everything so far has been sent. */
  settled() { return this.#chain; }

  #then(work) {
    this.#waiting += 1;
    this.#chain = this.#chain.then(work).finally(() => { this.#waiting -= 1; }).then(() => this.#tell.sent());
  }

  async #send(deed) {
    if (deed.off) return; // taken back before it was its turn
    try {
      const { done, refused = [], asked = [] } = await deed.send();
      deed.done = done;
      deed.sent = true;
      if (asked.length) {
        const fewer = Math.min(deed.counts, asked.length);
        deed.counts -= fewer;
        this.#tell.asked(asked.length, fewer);
      }
      this.#refuse(deed, refused);
    } catch (error) {
      // A part may be there: of several clusters one is labelled, and the next is refused.
      deed.done = error.done ?? [];
      const there = new Set(deed.done);
      this.#refuse(deed, deed.taken.filter(({ line }) => !there.has(line.id)).map(({ line }) => ({ turn_id: line.id, problem: error.message })));
    }
    if (!deed.done.length) this.#stack = this.#stack.filter((one) => one !== deed);
  }

  #refuse(deed, refused) {
    if (!refused.length) return;
    const problems = new Map(refused.map(({ turn_id, problem }) => [turn_id, problem]));
    const back = deed.taken.filter(({ line }) => problems.has(line.id));
    // Of a folded line the others are done.
    if (deed.done?.length) for (const { line } of back) Object.assign(line, { size: 1, members: null });
    if (deed.list === this.#lines.list) for (const one of back) this.#lines.putBack([one], { problem: problems.get(one.line.id) });
    deed.taken = deed.taken.filter((one) => !back.includes(one));
    const lost = Math.min(deed.counts, refused.length);
    deed.counts -= lost;
    this.#tell.refused([...new Set(problems.values())].join(" "), lost, back.length);
    this.#tell.changed();
  }
}
