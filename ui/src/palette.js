// In charge of the command palette: Ctrl K or a click on the search field opens it, arrows walk, Enter opens.

import htmx from "htmx.org";

const palette = document.getElementById("palette");
const field = palette?.querySelector("input");
const hits = () => [...palette.querySelectorAll(".palette-hit")];

export function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  field.value = "";
  field.focus();
  htmx.trigger(field, "palette-open");
}

function mark(hit) {
  for (const other of hits()) other.setAttribute("aria-selected", String(other === hit));
  if (!hit) return field.removeAttribute("aria-activedescendant");
  field.setAttribute("aria-activedescendant", hit.id);
  hit.scrollIntoView({ block: "nearest" });
}

function walk(step) {
  const list = hits();
  const now = list.findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  mark(list.at((now + step + list.length) % list.length));
}

if (palette) {
  palette.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    }
    const chosen = palette.querySelector(".palette-hit[aria-selected=true]");
    if (event.key === "Enter" && chosen && !event.isComposing) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) window.open(chosen.href, "_blank", "noopener");
      else chosen.click();
    }
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette || event.target.closest(".palette-hit")) palette.close();
  });
  palette.addEventListener("submit", () => palette.close());
  palette.addEventListener("htmx:afterSettle", () => mark(hits()[0]));
  for (const opener of document.querySelectorAll("[data-palette-opener] input")) {
    opener.addEventListener("focus", () => {
      opener.blur();
      openPalette();
    });
  }
}
