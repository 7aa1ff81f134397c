// What the word being typed could become, below the search box. Nothing is chosen by itself: Enter searches for what
// was typed unless an arrow has chosen something.
import { choose, options, walk } from "./listbox.js";

const BOX = "[data-query] [role=combobox]";

export function listenToCompletions() {
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.(BOX)) return;
    const handled = event.key === "Escape" ? close(event.target) : walk(event.target, listOf(event.target), event.key, -1);
    if (handled) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const option = event.target.closest("[data-completes]");
    if (option) complete(option);
  });
  // A press on an option would take the focus out of the box, and the list away before it is a click.
  document.addEventListener("mousedown", (event) => event.target.closest("[data-completes]") && event.preventDefault());
  document.addEventListener("focusout", (event) => event.target.matches?.(BOX) && close(event.target));
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "query-completes") return;
    const box = event.target.closest("form").querySelector("[role=combobox]");
    if (document.activeElement === box) choose(box, event.target, -1);
    else close(box);
  });
}

function listOf(box) {
  return document.getElementById(box.getAttribute("aria-controls"));
}

function complete(option) {
  const box = option.closest("form").querySelector("[role=combobox]");
  box.value = option.dataset.completes;
  close(box);
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function close(box) {
  const list = listOf(box);
  if (!options(list).length) return false;
  list.replaceChildren();
  return choose(box, list, -1);
}
