// What the console knows, put on the screen: the list on the left, the chats in the middle, the tab's title.
import { setText } from "/widget/dom.js";
import { describe, possible } from "./actions.js";
import { passes } from "./filters.js";
import { onPhone } from "./going.js";
import { habits } from "./habits.js";
import { grouped } from "./queue.js";
import { hint } from "./standing.js";

export class Drawing {
  #desk;

  /**
   * `desk`: {root, parts, me, reading, cards, columns, conversations, connection, drafts, files, alerts, writing, deeds,
   * select(id) a line was chosen}
   */
  constructor(desk) { this.#desk = desk; }

  nameOf(id) {
    const { cards, reading } = this.#desk;
    return cards.of(id)?.customer.name || reading.of(id)?.customer || "Visitor";
  }

  /** The deeds that this chat allows now. */
  possible(id) {
    const { reading, conversations, columns } = this.#desk;
    const { state } = conversations.of(id);
    return possible({ state, entry: reading.of(id), leads: reading.queue.me.leads, pinned: columns.isPinned(id) });
  }

  queue() {
    const { parts, reading, columns, conversations, deeds, alerts, me } = this.#desk;
    const { filter, active } = parts.filters;
    const unread = (id) => (reading.of(id)?.mine ? conversations.unread(id) : 0);
    parts.queue.show(grouped(reading.queue, (entry) => passes(entry, filter, me.id)), {
      selected: columns.focused, unread, filtered: active, teams: reading.queue.teams.length > 1, holder: (entry) => this.#holder(entry),
      does: {
        select: (id) => this.#desk.select(id), claim: (id) => deeds.claim(id), accept: (id) => deeds.accept(id),
        decline: (id) => deeds.decline(id), own: (id) => deeds.own(id),
      },
    });
    columns.drawTabs((id) => this.nameOf(id), unread);
    const asks = reading.queue.waiting.filter((entry) => entry.can_take || entry.alarm || entry.offered).length;
    const sum = reading.queue.mine.reduce((total, { conversation }) => total + unread(conversation), 0);
    alerts.badge(asks + sum, reading.alarmed);
    setText(parts.hint, hint(grouped(reading.queue)));
  }

  /** Which colleague has this chat, or is offered it, in words; nothing when nobody or this agent has. */
  #holder({ owner, agent_id: has, offered, offered_to: asked }) {
    const { me, reading } = this.#desk;
    const name = (id) => reading.queue.colleagues.find((one) => one.id === id)?.name ?? "a colleague";
    if (owner === "agent") return has && has !== me.id ? `With ${name(has)}` : "";
    return asked && !offered ? `Offered to ${name(asked)}` : "";
  }

  /** All chats on the screen, or `only` this one, if it is there. */
  chats(only = null) {
    for (const id of this.#desk.columns.ids) if (!only || only === id) this.#chat(id);
  }

  #chat(id) {
    const { root, reading, cards, columns, conversations, connection, drafts, files, writing, deeds, me } = this.#desk;
    const pane = columns.pane(id);
    const { state, caughtUp, customerTypes, previewed, seen } = conversations.of(id);
    const entry = reading.of(id);
    if (!document.hidden && !pane.hidden && (root.dataset.view === "chat" || !onPhone())) {
      const read = conversations.markRead(id);
      if (read && entry?.mine && !entry.joined) connection.seen(read, id);
    }
    pane.show({
      conversation: id, mine: Boolean(entry?.mine), removes: Boolean(entry?.mine || reading.queue.me.leads), customerTypes, previewed: habits.preview ? previewed : "",
      seen: seen.customer, others: conversations.others(id), draft: drafts.get(id), title: this.nameOf(id),
      words: describe(state, entry), replies: cards.of(id)?.suggested_replies ?? [],
      messages: conversations.messages(id, [...connection.outbox.list(), ...files.list()], me.name),
      settled: caughtUp,
      acts: { names: this.possible(id), run: (name) => deeds.run(name, id) },
    });
    writing.attach(pane);
  }
}
