// Every sentence the customer reads in the widget. A site changes some by
// `document.querySelector("handrail-widget").wording = { greeting: "Hi there!" }`.

const ENGLISH = {
  openChat: "Open chat",
  closeChat: "Close chat",
  unread: (count) => `${count} unread ${count === 1 ? "message" : "messages"}`,
  panel: (house) => (house ? `Chat with ${house}` : "Chat"),
  log: "Messages",
  menu: "More options",

  assistant: "Assistant",
  assistantNote: "Answers at once",
  assistantAway: "Not available right now",
  waiting: "Waiting for a person",
  waitingNote: (position, wait) =>
    [position ? `You are number ${position}` : "You are in the queue", wait].filter(Boolean).join(", "),
  waitingNobody: (when) => (when ? `Back ${when}` : "Nobody is here right now"),
  agent: (name, house) => (house ? `${name} from ${house}` : name),
  someone: "Our team",
  agentNote: "Here to help you",
  closed: "Chat ended",
  closedNote: "Write a message to start again.",
  connecting: "Connecting…",

  // Half of all waits end between low and high.
  minutes: (seconds, low, high) => {
    const say = (time) => {
      const minutes = Math.max(1, Math.round(time / 60));
      return minutes < 60 ? [minutes, "min"] : [Math.round(minutes / 60), "h"];
    };
    const [least, unit] = say(low ?? seconds);
    const [most, last] = say(high ?? seconds);
    if (least === most && unit === last) return `about ${most} ${last}`;
    return `about ${least}${unit === last ? "" : ` ${unit}`} to ${most} ${last}`;
  },

  greeting: "Hello! How can we help?",
  greetingNote: "Ask anything in your own words. You can talk to a person at any time.",
  starters: "Suggested questions",

  person: "Talk to a person",
  someoneElse: "Ask for somebody else",
  cancelWait: "Leave the queue",
  stayNote: "You can close this page. Your place and your messages are kept.",

  write: "Write a message",
  send: "Send",
  left: (count) => `${count} ${count === 1 ? "character" : "characters"} left`,
  over: (count) => `${count} ${count === 1 ? "character" : "characters"} too many`,

  you: "You",
  sending: "Sending…",
  kept: "Will be sent when you are back online",
  sent: (time) => `Sent ${time}`,
  failed: "Not sent.",
  retry: "Try again",
  discard: "Delete",
  reasons: {
    too_large: "Not sent: it is too long.",
    too_many_waiting: "Not sent: many people on your network wait already. Try again in a few minutes.",
    too_many_requests: "Not sent: too many messages at once. Wait a moment.",
    empty_message: "Not sent: there is nothing in it.",
  },

  typing: (name) => `${name} is typing`,
  previewed: "Our team sees what you write while you type it.",
  source: (title) => `From the article: ${title}`,
  outcome: "What happens next",
  newMessages: (count) => (count === 1 ? "1 new message" : `${count} new messages`),
  moreBelow: "More below",
  today: "Today",
  yesterday: "Yesterday",

  lost: "Connection lost. Messages you write are kept and sent later.",
  reconnect: "Reconnect now",
  refused: "This page may not open the chat.",
  restarted: "Your earlier chat has expired. This is a new one.",
  botDown: "The assistant is not available right now. A person can help you.",
  nobody: (when) =>
    when
      ? `Nobody is here right now. We are back ${when} and answer you then.`
      : "Nobody is here right now. We answer you as soon as somebody is.",
  promised: (when) => `Nobody is here right now. You get an answer by ${when}.`,
  linkOver: "This link was used already, or is too old. Your chat is still where you began it.",
  leaveMail: "Leave your e-mail and you can close this page; we write to you.",
  mail: "E-mail (optional)",
  mailWrong: "Please check this e-mail address.",
  save: "Save",
  mailSkip: "No, thank you",
  mailSaved: (mail) => `Thank you. We will also write to ${mail}.`,

  rate: "How was your chat?",
  stars: ["Very bad", "Bad", "All right", "Good", "Very good"],
  star: (score, label) => `${score} of 5: ${label}`,
  comment: "What should we know? (optional)",
  rateSend: "Send rating",
  skip: "Skip",
  rated: "Thank you for your rating.",

  events: {
    queued: "You are in the queue for a person.",
    claimed: "A person has joined the chat.",
    released: "You are back in the queue.",
    closed: "The chat has ended.",
    handed_back: "The assistant is back.",
    cancelled: "You left the queue.",
    reopened: "The chat is open again.",
    transferred: "A colleague takes over.",
  },
};

/** The wording in use: what a site has changed, else English. */
export function createWording(changes = {}) {
  return { ...ENGLISH, ...changes, events: { ...ENGLISH.events, ...changes.events } };
}

/** A moment in the customer's own zone: "today at 14:00", "Monday at 08:00", "3 March at 08:00"; "" if none. */
export function sayWhen(iso, now = new Date(), locale = "en-GB") {
  const moment = new Date(iso ?? NaN);
  if (Number.isNaN(moment.getTime())) return "";
  const time = sayTime(iso, locale);
  const days = daysBetween(now, moment);
  if (days === 0) return `today at ${time}`;
  if (days === 1) return `tomorrow at ${time}`;
  const form = days < 7 ? { weekday: "long" } : { day: "numeric", month: "long" };
  return `${moment.toLocaleDateString(locale, form)} at ${time}`;
}

export function sayTime(iso, locale = "en-GB") {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return "";
  return moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/** The name of a message's day, for the separators of the log. */
export function sayDay(iso, wording, now = new Date(), locale = "en-GB") {
  const moment = new Date(iso);
  if (Number.isNaN(moment.getTime())) return wording.today;
  const days = daysBetween(moment, now);
  if (days === 0) return wording.today;
  if (days === 1) return wording.yesterday;
  return moment.toLocaleDateString(locale, { weekday: "long", day: "numeric", month: "long" });
}

function daysBetween(from, to) {
  const start = new Date(from.getFullYear(), from.getMonth(), from.getDate());
  const end = new Date(to.getFullYear(), to.getMonth(), to.getDate());
  return Math.round((end - start) / 86_400_000);
}
