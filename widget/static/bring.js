// How files come: chosen by a button, dropped or pasted; in the widget and in the agents' console.
import { element, icon } from "./dom.js";
import { ACCEPT } from "./uploads.js";

/** [button, field]: a button that asks for files, and the field behind it, which is never shown. */
export function attaching(label, className, send) {
  const change = () => {
    send([...picker.files]);
    picker.value = ""; // the same file may be chosen again
  };
  const picker = element("input", { type: "file", multiple: true, accept: ACCEPT, hidden: true, on: { change } });
  const click = () => picker.click();
  return [element("button", { type: "button", class: className, "aria-label": label, title: label, on: { click } }, icon("clip")), picker];
}

/** Take files that are dropped on this element, or pasted there, while that `may` be. */
export function bring(root, may, send) {
  const drags = (event) => {
    const takes = may() && event.dataTransfer.types.includes("Files");
    if (takes) event.preventDefault();
    root.classList.toggle("dropping", takes && event.type === "dragover");
    return takes;
  };
  root.addEventListener("dragover", drags);
  root.addEventListener("dragleave", () => root.classList.remove("dropping"));
  root.addEventListener("drop", (event) => { if (drags(event)) send([...event.dataTransfer.files]); });
  root.addEventListener("paste", (event) => {
    const { files, types } = event.clipboardData;
    // Text copied from an office program comes with a picture of itself.
    if (!may() || !files.length || types.includes("text/plain")) return;
    event.preventDefault();
    send([...files]);
  });
}
