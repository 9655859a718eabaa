// In charge of making something new by a click on a day; where several kinds can be made, a menu asks which.

import htmx from "htmx.org";
import { minuteAt, wide } from "./calendar_hours.js";
import { ask } from "./calendar_moves.js";

export function click(root, event) {
  const button = event.target.closest("[data-entry-move]");
  if (button) return void ask(button.closest("[data-entry]"));
  const cell = event.target.closest("[data-new]");
  const plain = !event.target.closest("a:not(.day-new), button, [data-entry], .calendar-kinds");
  if (!cell || !plain || (!wide() && !event.target.closest(".day-new")) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const minute = cell.matches("[data-clock]") ? Math.floor(minuteAt(cell, event.clientY) / 30) * 30 : null;
  const kinds = document.querySelectorAll("[data-new-kind]");
  if (kinds.length < 2) return void go(at(cell.dataset.new, cell.dataset.dayCell, minute));
  offer(root, cell, kinds, minute, event);
}

function at(address, day, minute) {
  const url = new URL(address, location.href);
  for (const [name, value] of [...url.searchParams]) {
    if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(value)) continue;
    const clock = minute === null ? value.slice(10) : `T${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
    url.searchParams.set(name, value.length > 10 ? day + clock : day);
  }
  return url.pathname + url.search;
}

const two = (number) => String(number).padStart(2, "0");

function offer(root, cell, kinds, minute, event) {
  root.querySelector(".calendar-kinds")?.remove();
  const menu = document.createElement("div");
  menu.className = "calendar-kinds";
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", cell.querySelector(".day-new")?.getAttribute("aria-label") ?? cell.getAttribute("aria-label"));
  for (const kind of kinds) {
    const item = kind.cloneNode(true);
    item.removeAttribute("data-new-kind");
    item.setAttribute("role", "menuitem");
    item.href = at(kind.dataset.newKind, cell.dataset.dayCell, minute);
    menu.append(item);
  }
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
  };
  const outside = (pressed) => menu.contains(pressed.target) || close();
  menu.addEventListener("keydown", (pressed) => {
    const items = [...menu.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[pressed.key];
    if (pressed.key === "Escape") (close(), cell.querySelector(".day-new")?.focus());
    if (!step) return;
    pressed.preventDefault();
    items.at((items.indexOf(document.activeElement) + step) % items.length)?.focus();
  });
  document.addEventListener("pointerdown", outside, true);
  root.append(menu);
  const box = root.getBoundingClientRect();
  const here = event.target.closest(".day-new")?.getBoundingClientRect();
  const x = (here ? here.left : event.clientX) - box.left;
  const y = (here ? here.bottom : event.clientY) - box.top;
  menu.style.left = `${Math.max(0, Math.min(x, box.width - menu.offsetWidth - 8))}px`;
  menu.style.top = `${y + 4}px`;
  menu.firstElementChild.focus();
}

// As an ordinary link would: boosted, so that the way back is the same.
function go(address) {
  const link = document.createElement("a");
  link.href = address;
  document.getElementById("page").append(link);
  htmx.process(link);
  link.click();
}
