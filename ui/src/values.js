// In charge of inputs that are more than a line of text: places, checklists, colours, pictures, secrets.
// Without this file each of them is a plain input that works as well.

import { rooted } from "./addresses.js";

export const made = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

export const tell = (input) => {
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
};

// --- places of China, step by step; anything else may be typed

let known;
const places = () => (known ??= fetch(rooted("/-/places/CN"), { headers: { Accept: "application/json" } }).then((answer) => (answer.ok ? answer.json() : { cities: {}, districts: {} })).catch(() => ({ cities: {}, districts: {} })));

export function address(field) {
  const name = field.dataset.address;
  const part = (key) => field.querySelector(`[name="${name}.${key}"]`);
  const offer = (key, names) => {
    const list = part(key)?.list;
    if (list) list.replaceChildren(...names.map((each) => made("option", { value: each })));
  };
  const renew = async () => {
    const country = part("country")?.value ?? "CN";
    const { cities, districts } = country === "CN" ? await places() : { cities: {}, districts: {} };
    const province = part("province")?.value.trim() ?? "";
    const city = part("city")?.value.trim() ?? "";
    offer("province", Object.keys(cities));
    offer("city", cities[province] ?? (province ? [] : Object.values(cities).flat()));
    offer("district", districts[city || province] ?? []);
  };
  field.addEventListener("focusin", renew, { once: true });
  field.addEventListener("change", async ({ target }) => {
    if (target === part("country")) await renew();
    if (target !== part("province") && target !== part("city")) return;
    const { cities, districts } = await places();
    const [province, city, district] = ["province", "city", "district"].map(part);
    if (target === province && city && cities[province.value]) {
      const below = cities[province.value];
      if (city.value && !below.includes(city.value)) city.value = "";
      if (below.length === 1) city.value = below[0];
    }
    if (district?.value && districts[city?.value] && !districts[city.value].includes(district.value)) district.value = "";
    renew();
  });
}

// --- checklists: a row for each line

const LINE = /^\s*(?:[-*•]\s+)?(?:\[([ xX✓✔]?)\]\s*)?(.*)$/;

export function checklist(field) {
  const area = field.querySelector("textarea");
  const list = made("ul", { className: "checklist-rows" });
  list.setAttribute("role", "group");
  list.setAttribute("aria-labelledby", `${area.id}-label`);
  const add = made("button", { type: "button", className: "btn btn-sm btn-link", textContent: `+ ${field.dataset.add}` });
  const keep = () => {
    const lines = [...list.children].map((row) => [row.querySelector("[type=checkbox]").checked, row.querySelector("[type=text]").value.trim()]);
    area.value = lines.filter(([, text]) => text).map(([done, text]) => `[${done ? "x" : " "}] ${text}`).join("\n");
    tell(area);
  };
  const row = (text, done) => {
    const tick = made("input", { type: "checkbox", className: "form-check-input", checked: done });
    tick.setAttribute("aria-label", field.dataset.done);
    const line = made("input", { type: "text", className: "form-control", value: text, maxLength: 300, autocomplete: "off" });
    line.setAttribute("aria-label", document.getElementById(`${area.id}-label`)?.textContent.trim() ?? field.dataset.add);
    const away = made("button", { type: "button", className: "btn btn-sm btn-quiet", textContent: "×" });
    away.setAttribute("aria-label", field.dataset.remove);
    const item = made("li", {}, tick, line, away);
    away.addEventListener("click", () => {
      (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("[type=text]").focus();
      item.remove();
      keep();
    });
    line.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        const next = row("", false);
        item.after(next);
        next.querySelector("[type=text]").focus();
      }
      if (event.key === "Backspace" && !line.value && list.children.length > 1) {
        event.preventDefault();
        away.click();
      }
    });
    return item;
  };
  for (const text of area.value.split("\n").filter((each) => each.trim())) {
    const [, mark, words] = text.match(LINE);
    list.append(row(words, Boolean(mark?.trim())));
  }
  list.addEventListener("input", (event) => event.target !== area && keep());
  add.addEventListener("click", () => {
    const next = row("", false);
    list.append(next);
    next.querySelector("[type=text]").focus();
  });
  area.hidden = true;
  field.append(list, add);
}

// --- colours: the browser's own picker beside the text

export function color(field) {
  const text = field.querySelector("input");
  const picker = made("input", { type: "color", className: "form-control color-picker", value: /^#[0-9a-f]{6}$/i.test(text.value) ? text.value : "#808080" });
  picker.setAttribute("aria-label", field.dataset.colorField);
  picker.addEventListener("input", () => {
    text.value = picker.value;
    tell(text);
  });
  text.addEventListener("input", () => {
    if (/^#[0-9a-f]{6}$/i.test(text.value)) picker.value = text.value;
  });
  field.append(picker);
}

// --- a picture is shown before it is sent

export function picture(input) {
  input.addEventListener("change", () => {
    const shown = input.parentElement.querySelector("[data-preview]") ?? made("img", { alt: "", className: "picture-preview" });
    shown.dataset.preview = "";
    if (shown.src) URL.revokeObjectURL(shown.src);
    const [file] = input.files;
    if (!file?.type.startsWith("image/")) return shown.remove();
    shown.src = URL.createObjectURL(file);
    input.before(shown);
  });
}

// --- a secret is fetched when somebody asks to see it, and forgotten again

export function secret(holder) {
  const button = holder.querySelector("[data-show-secret]");
  const say = button.querySelector("span");
  const reveal = say.textContent;
  const dots = holder.querySelector(".secret-dots");
  const shown = made("code", { className: "secret-shown", hidden: true });
  shown.setAttribute("role", "status");
  dots.after(shown);
  const hide = () => {
    shown.hidden = true;
    shown.textContent = "";
    dots.hidden = false;
    say.textContent = reveal;
  };
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    if (!shown.hidden) return hide();
    const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
    const answer = await fetch(rooted(holder.dataset.secret), { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token } }).catch(() => null);
    if (!answer?.ok) return;
    shown.textContent = (await answer.json()).value ?? "";
    shown.hidden = false;
    dots.hidden = true;
    say.textContent = button.dataset.hide;
    setTimeout(hide, 60_000);
  });
}
