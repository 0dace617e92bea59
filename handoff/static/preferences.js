// How the agent likes to be told, and the sheet of all keys.
import { element, setText } from "/widget/dom.js";
import { askDesktop, desktopAllowed } from "./alerts.js";
import { ask } from "./dialogs.js";
import { habits } from "./habits.js";

const CHOICES = [
  ["sound", "A soft sound for new customers and messages"], ["alarm", "A loud sound as long as an alarm has no owner"],
  ["preview", "Show what a customer types, where the house allows it"], ["keys", "Single-key shortcuts"],
];

/** Each change holds at once. `alerts` plays the sounds to try; `changed()` is called after each. */
export function showPreferences(alerts, changed) {
  const box = (name, words) => {
    const input = element("input", { type: "checkbox", checked: habits[name] });
    input.addEventListener("change", () => {
      habits[name] = input.checked;
      if (input.checked && (name === "sound" || name === "alarm")) alerts.try(name);
      changed();
    });
    return element("label", { class: "hc-check" }, input, words);
  };
  const id = "hc-away-minutes";
  const minutes = element("input", { id, type: "number", min: "0", max: "240", step: "1", value: String(habits.awayMinutes) });
  minutes.addEventListener("change", () => {
    habits.awayMinutes = Math.min(240, Math.max(0, Math.round(Number(minutes.value) || 0)));
    minutes.value = String(habits.awayMinutes);
    changed();
  });
  return ask({
    title: "Preferences", cancel: "Done",
    body: [
      ...CHOICES.map(([name, words]) => box(name, words)), desktop(changed),
      element("label", { for: id }, "Away by itself after so many minutes without a key or click (0: never)"), minutes,
    ],
  });
}

/** The browser is asked when the button is pressed, never before. */
function desktop(changed) {
  const told = element("span", { role: "status" });
  const button = element("button", { type: "button", class: "hc-button small" });
  const draw = () => {
    const on = habits.desktop && desktopAllowed();
    setText(button, on ? "Switch desktop notifications off" : "Switch desktop notifications on");
    const refused = globalThis.Notification?.permission === "denied";
    setText(told, !globalThis.Notification ? "This browser has none." : refused ? "The browser refuses them: allow them in its settings for this page." : "");
    button.disabled = !globalThis.Notification || refused;
  };
  button.addEventListener("click", async () => {
    if (habits.desktop && desktopAllowed()) habits.desktop = false;
    else await askDesktop();
    draw();
    changed();
  });
  draw();
  return element("p", { class: "hc-desktop" }, button, " ", told);
}

export function showKeys(groups) {
  const rows = (keys) => element("dl", { class: "hc-keys" }, ...keys.map(([key, does]) =>
    element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, does))));
  return ask({
    title: "Keyboard", cancel: "Done",
    body: [
      ...(habits.keys ? [] : [element("p", {}, "Single-key shortcuts are off: see Preferences.")]),
      element("div", { class: "hc-key-groups", tabindex: "0", role: "group", "aria-label": "All keys" },
        ...groups.map(([title, keys]) => element("section", {}, element("h3", {}, title), rows(keys)))),
    ],
  });
}
