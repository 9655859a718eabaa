// In charge of what can be done with a calendar by hand. The page is read and walked without any of it.

import { place } from "./calendar_hours.js";
import { key, press } from "./calendar_moves.js";
import { click } from "./calendar_new.js";

export function calendar(root) {
  place(root);
  for (const button of root.querySelectorAll("[data-entry-move]")) button.hidden = false;
  const jump = document.querySelector("[data-calendar-jump]");
  jump?.form.classList.add("by-itself");
  jump?.addEventListener("change", () => jump.value && jump.form.requestSubmit());
}

// Heard by the document, so that days that were just shown anew answer at once.
for (const [name, hear] of [["pointerdown", press], ["click", click], ["keydown", key]]) {
  document.addEventListener(name, (event) => {
    const root = event.target.closest?.("[data-calendar]");
    if (root) hear(root, event);
  });
}
