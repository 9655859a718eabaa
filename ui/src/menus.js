// In charge of menus made of <details class="menu">: closing them, and walking them with the arrow keys.

const open = () => document.querySelectorAll("details.menu[open]");
const items = (menu) => [...menu.querySelectorAll(".menu-panel :is(a[href], button:not([disabled]))")];

function close(menu, { focus = false } = {}) {
  menu.removeAttribute("open");
  if (focus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of open()) {
    const chosen = event.target.closest?.(".menu-item");
    if (!menu.contains(event.target) || (chosen && menu.contains(chosen))) close(menu);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu");
  if (event.key === "Escape") for (const each of open()) close(each, { focus: each === menu });
  if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  menu.open = true;
  const list = items(menu);
  const step = event.key === "ArrowDown" ? 1 : -1;
  const place = list.indexOf(document.activeElement);
  list.at(place === -1 ? (step > 0 ? 0 : -1) : (place + step) % list.length)?.focus();
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
});
