// In charge of short messages at the edge of the page. Errors stay until they are closed.

import { word } from "./words.js";

const LONG = 5000;

export function toast(message, kind = "info") {
  const box = document.createElement("div");
  box.className = `toast-note toast-${kind}`;
  const text = document.createElement("p");
  text.textContent = message;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "bare";
  close.setAttribute("aria-label", word("close"));
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(text, close);
  if (kind === "danger") box.setAttribute("role", "alert");
  else setTimeout(() => box.remove(), LONG);
  document.getElementById("toasts")?.append(box);
}

document.addEventListener("toast", (event) => toast(event.detail.message, event.detail.kind));
