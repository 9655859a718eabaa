// In charge of the hours of a day: the server says minutes, here they become places, and places minutes again.

export const STEP = 15; // minutes a dragged entry snaps to
const MORNING = 7;

export const wide = () => matchMedia("(min-width: 768px)").matches;

export function place(root) {
  const hours = root.querySelector("[data-hours]");
  if (!hours) return;
  for (const segment of hours.querySelectorAll(".segment")) {
    for (const name of ["from", "to", "lane", "lanes"]) segment.style.setProperty(`--${name}`, segment.dataset[name]);
  }
  hours.classList.add("placed");
  const first = Math.min(MORNING * 60, ...[...hours.querySelectorAll(".segment")].map((each) => Number(each.dataset.from)));
  const day = hours.querySelector(".hours-day");
  hours.scrollTop = (day.offsetHeight / 1440) * Math.max(0, first - 15);
}

export function minuteAt(cell, y) {
  const box = cell.getBoundingClientRect();
  const minute = ((y - box.top) / box.height) * 1440;
  return Math.max(0, Math.min(1440 - STEP, Math.round(minute / STEP) * STEP));
}
