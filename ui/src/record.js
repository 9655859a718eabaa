// In charge of the record page: values that become inputs, tabs of related records, copying the address.

import { onContent } from "./content.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

// A click anywhere on a value edits it, unless it was meant for a link or for selecting text.
document.addEventListener("click", async (event) => {
  const value = event.target.closest?.(".value-editable .value-text");
  if (value && !event.target.closest("a, button") && !window.getSelection()?.toString()) {
    value.parentElement.querySelector(".value-edit")?.click();
  }
  if (event.target.closest?.("[data-print]")) window.print();
  if (event.target.closest?.("[data-copy-link]")) {
    await navigator.clipboard?.writeText(location.origin + location.pathname);
    toast(word("link_copied"), "success");
  }
});

onContent("form[data-inline-edit]", (form) => {
  setTimeout(() => {
    const select = form.querySelector("select");
    (select?.tomselect ?? form.querySelector("input:not([type=hidden]), select, textarea, [contenteditable]"))?.focus();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") form.querySelector("[data-inline-cancel]").click();
  });
});

onContent("[role=tablist]:not(.segments)", (list) => {
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const each of tabs) {
      each.setAttribute("aria-selected", String(each === tab));
      each.tabIndex = each === tab ? 0 : -1;
    }
    document.getElementById(tab.getAttribute("aria-controls"))?.setAttribute("aria-labelledby", tab.id);
  };
  list.addEventListener("click", (event) => event.target.closest("[role=tab]") && choose(event.target.closest("[role=tab]")));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs.at((tabs.indexOf(document.activeElement) + step) % tabs.length);
    next.focus();
    next.click();
  });
});

// A message that was left for this page goes by itself, unless it is about something wrong.
onContent("[data-notice]", (notice) => {
  if (!notice.classList.contains("notice-line-danger")) setTimeout(() => notice.remove(), 10000);
});
