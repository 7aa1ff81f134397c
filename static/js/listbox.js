// A box with a list of options below it (WAI-ARIA combobox): the keys walk through the list, the focus stays in the box.

let named = 0;

export function options(list) {
  return [...list.querySelectorAll("[role=option]")];
}

// The option at that place is the chosen one; none at -1.
export function choose(box, list, place) {
  const all = options(list);
  for (const [index, option] of all.entries()) option.setAttribute("aria-selected", String(index === place));
  box.setAttribute("aria-expanded", String(all.length > 0));
  const chosen = all[place];
  if (!chosen) {
    box.removeAttribute("aria-activedescendant");
    return true;
  }
  chosen.id ||= `option-${(named += 1)}`;
  box.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
  return true;
}

// Whether the key meant the list: an arrow moves in it, Enter takes what is chosen. Above the first is `top`.
export function walk(box, list, key, top) {
  const all = options(list);
  const here = all.findIndex((option) => option.matches("[aria-selected=true]"));
  if (key === "ArrowDown" && all.length) return choose(box, list, Math.min(here + 1, all.length - 1));
  if (key === "ArrowUp" && all.length) return choose(box, list, Math.max(here - 1, top));
  if (key !== "Enter" || here < 0) return false;
  all[here].click();
  return true;
}
