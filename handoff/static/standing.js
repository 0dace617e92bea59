// The lines around the chats: how one stands oneself, and what to do when no chat is open.
import { setText } from "/widget/dom.js";

const PRESENCE = { online: "Taking chats", full: "At capacity", away: "Away", offline: "Connecting…" };

export function drawPresence({ presence, away }, { state, automatic, chats, capacity }) {
  setText(presence, `${PRESENCE[state] ?? state} · ${chats} of ${capacity}`);
  presence.dataset.state = state;
  const next = state === "away" ? "Take chats again" : "Go away";
  presence.setAttribute("aria-label", `You: ${PRESENCE[state] ?? state}, ${chats} of ${capacity} chats. ${next}`);
  away.hidden = state !== "away";
  setText(away.firstChild, automatic
    ? "You are away, for nobody touched the console for a while. Customers are not offered to you."
    : "You are away. Customers are not offered to you.");
}

/** What to do next, when no chat is open. */
export function hint({ alarm, offered, waiting }) {
  if (alarm.length) return "An alarm is raised: press o to take it on, or choose it on the left to read it first.";
  if (offered.length) return "A chat is offered to you: press a to accept it, d to decline it.";
  if (waiting.length) return "Choose a customer on the left, or press c to claim the first who waits.";
  return "Nobody is waiting. Keep this page open: it shows customers that you are here, and new ones appear by themselves.";
}
