// In charge of small conveniences: showing a password, copying a secret, counting down a lock-out.

import { onContent } from "./content.js";
import { toast } from "./toasts.js";
import { word } from "./words.js";

onContent("[data-reveal]", (button) => {
  const field = document.getElementById(button.dataset.reveal);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
});

onContent("[data-copy]", (button) => {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    await navigator.clipboard?.writeText(field.value);
    toast(word("copied"), "success");
  });
});

onContent("form[data-wait]", (form) => {
  const button = form.querySelector("button:not([type=button])");
  const words = button.textContent;
  let seconds = Number(form.dataset.wait);
  const tick = () => {
    button.disabled = seconds > 0;
    button.textContent = seconds > 0 ? word("wait", { seconds }) : words;
    if (seconds-- > 0) setTimeout(tick, 1000);
  };
  tick();
});
