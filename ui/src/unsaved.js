// In charge of not losing what was typed into <form data-guard>: leaving asks first.

import { word } from "./words.js";

const changed = new Set();
const guarded = () => [...changed].filter((form) => form.isConnected);

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard]");
  if (form) changed.add(form);
});
document.addEventListener("submit", (event) => changed.delete(event.target));
document.addEventListener("reset", (event) => changed.delete(event.target));

addEventListener("beforeunload", (event) => {
  if (guarded().length) event.preventDefault();
});

document.addEventListener("htmx:confirm", (event) => {
  const leaving = event.detail.elt.closest?.("a") && event.detail.elt.closest("a").getAttribute("hx-get") === null;
  if (!leaving || !guarded().length) return;
  event.preventDefault();
  if (!confirm(word("unsaved"))) return;
  changed.clear();
  event.detail.issueRequest(true);
});
