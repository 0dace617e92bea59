// Opens the chat with what it is about in the field where the customer writes; nothing is sent by itself.
const button = document.getElementById("open-chat");
const open = () => document.querySelector("handrail-widget")?.open({ draft: button.dataset.draft });
button.addEventListener("click", open);
customElements.whenDefined("handrail-widget").then(() => queueMicrotask(open));
