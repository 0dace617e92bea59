// The demo page's own script: its questions go to the widget through the public method.
for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => document.querySelector("handrail-widget")?.ask(button.dataset.ask));
}
