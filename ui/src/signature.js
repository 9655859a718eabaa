// In charge of signing: strokes on a sheet of 600 × 200, kept as numbers; or the name is typed.

import { made, tell } from "./values.js";

const WIDTH = 600;
const HEIGHT = 200;
const MOST_POINTS = 5800;
const SVG = "http://www.w3.org/2000/svg";

export function signature(field) {
  const input = field.querySelector("input");
  const sheet = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  sheet.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  sheet.setAttribute("class", "strokes signature-sheet");
  sheet.setAttribute("role", "img");
  sheet.setAttribute("aria-label", field.dataset.draw);
  sheet.append(path);
  const clear = made("button", { type: "button", className: "btn btn-sm btn-quiet", textContent: field.dataset.clear });
  const typed = made("input", { type: "text", className: "form-control", maxLength: 100, placeholder: field.dataset.type, autocomplete: "off" });
  typed.setAttribute("aria-label", field.dataset.type);
  let strokes = [];
  try {
    strokes = JSON.parse(input.value).strokes ?? [];
  } catch {
    typed.value = input.value;
  }
  const label = document.getElementById(`${input.id}-label`);
  typed.id = `${input.id}-typed`;
  label?.setAttribute("for", typed.id);
  for (const name of ["aria-describedby", "aria-required", "aria-invalid"]) if (input.hasAttribute(name)) typed.setAttribute(name, input.getAttribute(name));
  input.type = "hidden";
  field.append(sheet, made("div", { className: "with-button" }, typed, clear));

  const draw = () => {
    path.setAttribute("d", strokes.map((points) => `M${points.join(" ")}${points.length === 2 ? "h1" : ""}`).join(""));
    sheet.classList.toggle("is-empty", !strokes.length);
    clear.hidden = !strokes.length;
    typed.hidden = strokes.length > 0;
  };
  const keep = () => {
    input.value = strokes.length ? JSON.stringify({ strokes }) : typed.value;
    tell(input);
    draw();
  };
  const place = (event) => {
    const box = sheet.getBoundingClientRect();
    const at = (value, size, most) => Math.max(0, Math.min(most, Math.round((value / size) * most)));
    return [at(event.clientX - box.left, box.width, WIDTH), at(event.clientY - box.top, box.height, HEIGHT)];
  };
  let stroke = null;
  sheet.addEventListener("pointerdown", (event) => {
    if (event.button || strokes.length >= 200) return;
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    stroke = place(event);
    strokes.push(stroke);
    draw();
  });
  sheet.addEventListener("pointermove", (event) => {
    if (!stroke || strokes.reduce((sum, each) => sum + each.length / 2, 0) >= MOST_POINTS) return;
    const [x, y] = place(event);
    if (Math.hypot(x - stroke.at(-2), y - stroke.at(-1)) < 2) return;
    stroke.push(x, y);
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    sheet.addEventListener(end, () => {
      if (!stroke) return;
      stroke = null;
      keep();
    });
  }
  clear.addEventListener("click", () => {
    strokes = [];
    keep();
    typed.focus();
  });
  typed.addEventListener("input", keep);
  draw();
}
