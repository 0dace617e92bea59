// Publishing with a note, what was published before, and bringing it back.
import { element } from "/widget/dom.js";
import { button } from "./parts.js";
import { changed } from "./sections.js";

/** Ask for the note; publish(note) resolves to what went wrong, or "". */
export function askNote({ parts, note = "", publish }) {
  const field = element("textarea", { id: "publish-note", rows: "3", maxlength: "300", dir: "auto", required: true, "aria-describedby": "publish-wrong" });
  field.value = note;
  const wrong = element("p", { class: "wrong", id: "publish-wrong", role: "alert" });
  const go = element("button", { type: "submit", class: "primary" }, "Publish");
  const dialog = element("dialog", { class: "publish", "aria-labelledby": "publish-title" });
  const submit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    wrong.textContent = await publish(field.value);
    go.disabled = false;
    if (!wrong.textContent) dialog.close();
  };
  dialog.append(element("form", { on: { submit } },
    element("h2", { id: "publish-title" }, "Publish the widget"),
    element("p", {}, `Changed: ${parts.join(", ")}. Customers get it with the next page they open.`),
    element("label", { for: "publish-note" }, "What did you change, and why?"), field, wrong,
    element("div", { class: "buttons" }, go, button("Not yet", () => dialog.close()))));
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}

/** The versions, newest first, and the default that every house begins with. */
export function versions(state, bringBack) {
  const { history, published, fallback } = state;
  if (!history.length) return [element("p", { class: "hint" }, "Nothing has been published yet: the widget is as Handrail ships it.")];
  const all = [...history, { version: 0, note: "As Handrail ships it", by: "", at: null, config: fallback }];
  return [element("ol", { class: "versions" }, ...all.map((one, at) => {
    const before = all[at + 1]?.config;
    const parts = before ? changed(before, one.config) : [];
    const who = [one.by, one.at && new Date(one.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })].filter(Boolean).join(", ");
    const now = one.version === published.version;
    return element("li", {},
      element("div", {}, element("strong", {}, one.version ? `Version ${one.version}` : "The beginning"), now ? element("span", { class: "now" }, "published") : null),
      element("p", {}, one.note),
      element("p", { class: "hint" }, [parts.join(", "), one.restores !== null && one.restores !== undefined ? `brought back version ${one.restores}` : "", who].filter(Boolean).join(" · ")),
      now ? null : button("Bring back", () => bringBack(one), { "aria-label": one.version ? `Bring back version ${one.version}` : "Bring back the beginning" }));
  }))];
}
