// In charge of light and dark before the first paint: loaded by itself, at once, ahead of everything else.

const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

function show() {
  const theme = root.dataset.theme;
  root.dataset.bsTheme = theme === "auto" ? (night.matches ? "dark" : "light") : theme;
}

show();
night.addEventListener("change", show);
new MutationObserver(show).observe(root, { attributes: true, attributeFilter: ["data-theme"] });
