// A macro before it runs: what it would do to this chat, in a dialog where its texts can be changed.
import { element, setText } from "/widget/dom.js";
import { api } from "./api.js";
import { watchHint } from "./vague.js";

let count = 0;

/**
 * Show what a macro would do to this chat, let the agent change its texts, and run it: all of it or nothing.
 * Resolves with {steps, repeated, state}, or with null when the agent decided otherwise. `said`: what to tell first.
 */
export async function runMacro(conversation, macro, said = "") {
  const plan = await api.macroPreview(conversation, macro.id);
  const run = newRun(); // one for every press in this dialog: a retry doubles nothing
  const fields = new Map();
  const rows = plan.steps.map((step, index) => {
    const row = element("li", { class: step.refused ? "refused" : null }, element("strong", {}, step.words));
    if (step.text !== null) {
      const id = `hc-macro-${++count}`;
      const field = element("textarea", { id, rows: "3", maxlength: "4000", dir: "auto", "aria-label": step.words });
      field.value = step.text;
      fields.set(index, field);
      const hint = element("p", { class: "hc-hint quiet", "aria-live": "polite" });
      if (step.to_customer) watchHint(field, hint);
      row.append(field, hint);
    }
    if (step.refused) row.append(element("p", { class: "hc-hint late" }, step.refused));
    return row;
  });
  const problem = element("p", { class: "hc-problem", role: "alert", hidden: !said }, said);
  const title = element("h2", { id: `hc-macro-title-${++count}` }, plan.title);
  const go = element("button", { type: "submit", class: "hc-button primary", autofocus: true }, "Run");
  const form = element("form", {}, title, element("ol", { class: "hc-macro-steps" }, ...rows), problem,
    element("div", { class: "hc-actions" },
      element("button", { type: "button", class: "hc-button", on: { click: () => dialog.close() } }, "Cancel"), go));
  const dialog = element("dialog", { class: "hc-dialog", "aria-labelledby": title.id }, form);
  let answer = null;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    // What the agent has read is what is sent, though meanwhile a time in it would be another.
    const texts = Object.fromEntries([...fields].map(([index, field]) => [index, field.value]));
    try {
      answer = await api.runMacro(conversation, macro.id, { run, texts, version: plan.version });
      dialog.close();
    } catch (error) {
      if (error.code === "macro_changed") {
        answer = runMacro(conversation, macro, error.message);
        dialog.close();
        return;
      }
      setText(problem, error.message);
      problem.hidden = false;
    } finally {
      go.disabled = false;
    }
  });
  document.body.append(dialog);
  const done = new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
  });
  dialog.showModal();
  return done;
}

/** Not crypto.randomUUID: a house may run on plain http within its own walls. */
function newRun() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
