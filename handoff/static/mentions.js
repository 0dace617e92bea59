// Notes in which a colleague named this agent: how many are unread, and the list.
import { element } from "/widget/dom.js";
import { api } from "./api.js";
import { ask } from "./dialogs.js";
import { clockTime, day } from "./format.js";

/** Resolves with the conversation whose note was chosen, or with null; what was shown counts as read. */
export async function showMentions() {
  const { unread, mentions } = await api.mentions();
  let chosen = null;
  const list = element("ul", { class: "hc-found", "aria-label": "Notes that name you" }, ...mentions.map((one) =>
    element("li", {}, element("button", {
      type: "button", class: "hc-found-one", on: { click: ({ target }) => { chosen = one.conversation; target.closest("dialog").close(); } },
    },
      element("strong", {}, one.read_at ? one.by : `${one.by} · new`),
      element("span", { class: "quiet" }, `${day(one.at)} ${clockTime(one.at)}`),
      element("span", { class: "hc-found-text", dir: "auto" }, one.text)))));
  const none = element("p", { class: "quiet" }, "Nobody has named you in a note yet. Write @ and a name in a note to call a colleague.");
  await ask({ title: "Notes that name you", body: [mentions.length ? list : none], cancel: "Close" });
  if (unread) await api.mentionsRead();
  return chosen;
}
