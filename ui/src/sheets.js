// In charge of dialogs that the server sends: <dialog data-show> opens when it arrives and goes away when it closes.

import { onContent } from "./content.js";

onContent("dialog[data-show]", (dialog) => {
  for (const other of document.querySelectorAll("dialog[data-show]")) if (other !== dialog && other.open) other.close();
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  (dialog.querySelector("[autofocus], [aria-invalid=true]") ?? first(dialog))?.focus();
});

const first = (dialog) => dialog.querySelector("form :is(input:not([type=hidden]), select, textarea, button)");

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-hide]")) event.target.closest("dialog")?.close();
});

// What was sent from a dialog and brought no new one has done its work.
document.addEventListener("htmx:afterRequest", (event) => {
  const dialog = event.detail.elt.closest?.("dialog[data-show]");
  const sent = event.detail.requestConfig?.verb === "post" || event.detail.elt.matches?.("form");
  if (dialog?.open && sent && event.detail.xhr?.status < 300) dialog.close();
});
