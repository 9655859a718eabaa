// In charge of keys that act anywhere. Single letters act only while nothing is being typed.

import { openPalette } from "./palette.js";

const TYPING = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true], dialog[open] *";
let went = 0; // when G was pressed

const follow = (selector) => document.querySelector(selector)?.click();
const letters = {
  "/": openPalette,
  "?": () => show("shortcuts"),
  n: () => follow("#page [data-key=new]"),
  e: () => follow("#page [data-key=edit]"),
  l: () => follow("#page [data-key=log]"),
};

function show(id) {
  const sheet = document.getElementById(id);
  if (sheet && !sheet.open) sheet.showModal();
}

document.addEventListener("keydown", (event) => {
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k") return act(event, openPalette);
  if (command && (event.key.toLowerCase() === "s" || event.key === "Enter")) return save(event);
  if (command || event.altKey || event.isComposing || event.target.closest?.(TYPING)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "h" && event.timeStamp - went < 1200) return act(event, () => follow(".brand-name"));
  went = key === "g" ? event.timeStamp : 0;
  if (letters[key]) act(event, letters[key]);
});

function act(event, action) {
  event.preventDefault();
  action();
}

function save(event) {
  const form = event.target.closest?.("form") ?? document.querySelector("#page form[data-guard]");
  if (!form?.matches("[data-guard], [data-note]")) return;
  event.preventDefault();
  form.requestSubmit();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-open]");
  const closer = event.target.closest?.("[data-close]");
  if (opener) show(opener.dataset.open);
  if (closer) document.getElementById(closer.dataset.close)?.close();
  if (event.target.matches?.("dialog.sheet")) event.target.close();
});
