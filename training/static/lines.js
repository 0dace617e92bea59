// The list as it stands on this screen: what is current, what is selected, which clusters are open.
//
// A line stands for one message, or for all messages of a folded cluster: {id, item, size, inside, open, members, spans, problem}.
// `members`: the cluster's messages, once they are read; `spans`: entities that the trainer marked.

const asLine = (item, folded) => ({
  id: item.turn_id, item, size: folded ? Math.max(1, item.cluster_size) : 1, inside: false, open: false, members: null, spans: [], problem: "",
});

export class Lines {
  all = [];
  current = null;
  list = 0; // counts the lists, so that nothing is put back into another one
  selected = new Set();
  #gone = new Set(); // turn ids, keys and clusters of what is dealt with here; the server may not have heard of it yet
  #anchor = null;

  /** Begin another list; whoever does waits first until the server has heard of everything. */
  clear() {
    this.list += 1;
    this.all = [];
    this.#gone.clear();
    this.current = null;
    this.selected.clear();
  }

  /** Add what is new to the end; returns how many lines that were. `folded`: each item stands for its whole cluster. */
  extend(items, folded) {
    // Another message may have become the first of a cluster since.
    const listed = new Set(this.all.flatMap(({ id, item }) => (folded ? [id, item.cluster] : [id])));
    const known = ({ turn_id, key, cluster }) => listed.has(turn_id) || this.isGone({ turn_id }) || this.#gone.has(key)
      || (folded && (listed.has(cluster) || this.#gone.has(cluster)));
    const fresh = items.filter((item) => !known(item)).map((item) => asLine(item, folded));
    this.all.push(...fresh);
    this.current ??= this.all[0] ?? null;
    return fresh.length;
  }

  /** Whether it was dealt with here. */
  isGone(item) { return this.#gone.has(item.turn_id); }

  get place() { return this.all.indexOf(this.current); }

  get after() { return this.all[this.place + 1] ?? null; }

  /** Whether there was a line in that direction. */
  move(step) {
    const next = this.all[this.place + step];
    if (next) this.current = next;
    return Boolean(next);
  }

  go(id) {
    this.current = this.all.find((line) => line.id === id) ?? this.current;
  }

  /** Select the current line, or take it out of the selection; `range`: all from the last one on. */
  select(range = false) {
    const from = this.all.findIndex((line) => line.id === this.#anchor);
    const at = this.place;
    if (at < 0) return;
    if (range && from >= 0) {
      for (const line of this.all.slice(Math.min(from, at), Math.max(from, at) + 1)) this.selected.add(line.id);
    } else if (!this.selected.delete(this.current.id)) this.selected.add(this.current.id);
    this.#anchor = this.current.id;
  }

  /** What a deed is about: the selected lines, or the current one. */
  get targets() {
    const chosen = this.all.filter((line) => this.selected.has(line.id));
    return chosen.length ? chosen : this.current ? [this.current] : [];
  }

  /** Take lines off the list; the next one is current. Returns what `putBack` needs. */
  take(lines) {
    const leaving = new Set(lines);
    const taken = this.all.flatMap((line, place) => (leaving.has(line) ? [{ line, place, names: names(line) }] : []));
    const at = this.place;
    const staying = (line) => !leaving.has(line);
    if (leaving.has(this.current)) this.current = this.all.slice(at).find(staying) ?? this.all.slice(0, at).findLast(staying) ?? null;
    this.all = this.all.filter(staying);
    for (const { line, names: known } of taken) {
      this.selected.delete(line.id);
      for (const name of known) this.#gone.add(name);
    }
    return taken;
  }

  /** Where they were. `current`: go there, too; not for what comes back by itself, or the next key would hit it. */
  putBack(taken, { current = false, problem = "" } = {}) {
    const back = taken.filter(({ line }) => !this.all.includes(line)).sort((one, other) => one.place - other.place);
    for (const { line, place, names: known } of back) {
      line.problem = problem;
      this.all.splice(Math.min(place, this.all.length), 0, line);
      for (const name of known) this.#gone.delete(name);
    }
    if (current && back.length) this.current = back[0].line;
    this.current ??= this.all[0] ?? null;
  }

  /** Show a cluster's messages one by one; the first stands where the cluster stood. */
  unfold(line, members) {
    const others = members.filter((item) => item.turn_id !== line.id && !this.#gone.has(item.turn_id));
    line.open = true;
    line.size = 1;
    this.all.splice(this.all.indexOf(line) + 1, 0, ...others.map((item) => ({ ...asLine(item, false), inside: true, open: true })));
  }

  /** Fold the cluster of a line: what is left of it is one line again. */
  fold(line) {
    const { cluster } = line.item;
    const parts = this.all.filter((one) => one.open && one.item.cluster === cluster);
    const [head, ...rest] = parts;
    if (!head) return;
    this.all = this.all.filter((one) => !rest.includes(one));
    for (const one of rest) this.selected.delete(one.id);
    Object.assign(head, { size: parts.length, open: false, inside: false, members: parts.map((one) => one.item) });
    this.current = head;
  }
}

/** By what a line's messages would be known again. */
function names({ item, size, members }) {
  const all = size > 1 ? members ?? [item] : [item];
  return [...all.flatMap(({ turn_id, key }) => [turn_id, key]), size > 1 && !members && item.cluster].filter(Boolean);
}
