// The palette: Ctrl or ⌘ and K from anywhere. The server says what fits; here it is walked through and opened.
import { choose, walk } from "./listbox.js";

export function listenToPalette() {
  document.addEventListener("keydown", (event) => {
    const asked = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";
    if (asked && bring()) event.preventDefault();
    else if (event.target.matches?.("[data-palette] input") && walk(event.target, event.target.form, event.key, 0)) {
      event.preventDefault();
    }
  });
  document.addEventListener("interlock:open", (event) => {
    if (event.detail === "palette") queueMicrotask(begin);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    const form = event.target.closest("[data-palette]");
    if (form) choose(form.q, form, 0);
  });
  for (const form of forms()) choose(form.q, form, 0);
}

function forms() {
  return document.querySelectorAll("[data-palette]");
}

// The page of the same name has no dialog: its own box gets the focus.
function bring() {
  if (document.querySelector("dialog:modal")) return false;
  if (document.getElementById("palette")) document.querySelector("[data-opens=palette]").click();
  else document.querySelector("[data-palette] input")?.focus();
  return true;
}

function begin() {
  const [form] = forms();
  form.q.focus();
  form.q.select();
  form.dispatchEvent(new Event("ask"));
}
