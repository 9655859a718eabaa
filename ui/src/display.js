// In charge of the switches of theme and density: they act at once, and a cookie tells the server.

const YEAR = 365 * 86400;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-display]");
  if (!form) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  document.documentElement.dataset[name] = value;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `tenon_${name}=${value}; Max-Age=${YEAR}; Path=${document.documentElement.dataset.root || "/"}; SameSite=Lax${secure}`;
  for (const button of document.querySelectorAll(`form[data-display] button[name=${name}]`)) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
});

// The frame stays while pages change, so the way back is where we are now.
document.addEventListener("submit", (event) => {
  const back = event.target.closest("form[data-here]")?.elements.back;
  if (back) back.value = location.pathname + location.search;
}, true);
