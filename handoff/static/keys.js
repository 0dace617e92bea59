// Every action by keyboard: the table of keys, what each does now, and the sheet that lists them.
import { habits } from "./habits.js";

/** [title, [[key, what it does, name]]]; the names are looked up in what the console hands over. */
const TABLE = [
  ["Moving about", [
    ["j", "Next chat", "next"], ["k", "Previous chat", "previous"], ["q", "Go to the queue (↑ ↓ move, Enter opens)", "queue"],
    ["ArrowLeft", "Column on the left", "left"], ["ArrowRight", "Column on the right", "right"],
    ["w", "Card, customer, case, notes", "panel"], ["f", "Filter the queue", "filter"], ["v", "Saved views", "views"],
    ["g", "Search all earlier chats", "search"], ["y", "Notes that name you", "mentions"],
  ]],
  ["Taking a chat", [
    ["c", "Claim the open chat, or the first that waits", "claim"], ["a", "Accept the offer", "accept"],
    ["d", "Decline the offer", "decline"], ["o", "Take on an alarm", "own"], ["i", "Join a chat, or leave it", "join"],
  ]],
  ["Answering", [
    ["r", "Write a reply", "reply"], ["/", "Replies and macros (also Ctrl + K while writing)", "pick"],
    ["1 … 9", "Insert a suggested reply", null], ["Enter", "Send (Shift + Enter: new line)", null],
    ["Esc", "Leave the reply box", null], ["n", "Write a note; @ names a colleague", "note"],
  ]],
  ["Passing on and ending", [
    ["e", "Close the chat", "close"], ["h", "Hand back to the assistant", "handBack"], ["t", "Transfer to a colleague or a team", "transfer"],
    ["b", "Put back into the queue", "release"], ["s", "Put back for somebody else", "someoneElse"], ["u", "Escalate", "escalate"],
    ["!", "Raise an alarm", "raise"],
  ]],
  ["The screen and you", [
    ["p", "Pin the chat beside others, or unpin it", "pin"], ["x", "Take the chat off the screen", "shut"],
    ["m", "Away, or back again", "presence"], [",", "Preferences", "preferences"], ["?", "This sheet", "keys"],
  ]],
];

const SHOWN = { ArrowLeft: "←", ArrowRight: "→" };
const NAMES = new Map(TABLE.flatMap(([, keys]) => keys.filter(([, , name]) => name).map(([key, , name]) => [key, name])));

/** The sheet: [title, [[key, what it does]]]. */
export const sheet = TABLE.map(([title, keys]) => [title, keys.map(([key, does]) => [SHOWN[key] ?? key, does])]);

const WITH_A_CHAT = ["note", "panel"];
const WITH_A_BOX = ["reply", "pick"];
const ONE_KEY = { leave: "join", unpin: "pin" }; // two deeds that share a key: only one can be done at a time

/**
 * What each name stands for now, from what may always be done (`does`) and how it stands: the focused chat `id` with
 * its `pane` and `entry`, the deeds that it allows (`can`), the queue's `groups`. What can't be done is absent.
 */
export function meanings({ id, pane, entry, groups, can, run }, does) {
  const now = { ...does };
  if (!id) for (const name of WITH_A_CHAT) delete now[name];
  if (!pane?.writable) for (const name of WITH_A_BOX) delete now[name];
  else now.suggestion = (index) => pane.insertSuggestion(index);
  for (const name of can) now[ONE_KEY[name] ?? name] = () => run(name, id);
  // With nothing of that kind open, the key goes to the first in the queue.
  const first = {
    claim: entry?.mine ? null : groups.alarm.find((one) => one.owner === "queued") ?? groups.waiting[0],
    accept: groups.offered[0], decline: groups.offered[0], own: groups.alarm[0],
  };
  for (const [name, one] of Object.entries(first)) if (one) now[name] ??= () => run(name, one.conversation);
  return now;
}

/** Run what a key stands for. `does[name]()`; what can't be done now is absent or returns false. */
export function press(event, does) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  const { target, key } = event;
  if (target.closest?.("input, textarea, select, [contenteditable]")) return;
  // Arrows mean something else in a row of tabs.
  if (key.startsWith("Arrow") && target.closest?.("[role=tablist], [role=listbox], .hc-menu")) return;
  if (!habits.keys && key !== "?") return;
  const run = /^[1-9]$/.test(key) ? does.suggestion && (() => does.suggestion(Number(key) - 1)) : does[NAMES.get(key)];
  if (!run) return;
  if (run() !== false) event.preventDefault();
}
