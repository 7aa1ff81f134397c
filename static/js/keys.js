// The keyboard map. A control says its own key: data-key="r" presses it (or focuses an input),
// data-go="t" is followed after "g", data-rows marks the list that j and k walk through.
// Single letters are off while typing, and everywhere when the person switched them off (WCAG 2.1.4).

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const ROWS = "a[href], tr:has(a[href]), li:has(a[href])";
let goingUntil = 0;

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.documentElement.dataset.keys === "off" || event.target.closest(TYPING)) return;
    if (document.querySelector("dialog:modal") || event.key.length !== 1) return;
    if (act(event.key.toLowerCase())) event.preventDefault();
  });
  document.addEventListener("interlock:open", (event) => {
    if (event.detail === "keys") listKeys(document.getElementById("keys-list"));
  });
}

function act(key) {
  const going = Date.now() < goingUntil;
  goingUntil = 0;
  if (going) return press(document.querySelector(`[data-go="${CSS.escape(key)}"]`));
  if (key === "g") return (goingUntil = Date.now() + 1500) > 0;
  if (key === "?") return open("keys");
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  return press(controls().get(key));
}

// The last one on the page wins: "/" goes to a page's own search box before the one in the frame.
function controls() {
  return new Map([...document.querySelectorAll("[data-key]")].map((control) => [control.dataset.key, control]));
}

function press(control) {
  if (!control) return false;
  if (control.matches(TYPING)) {
    control.focus();
    control.select?.();
  } else {
    control.click();
  }
  return true;
}

function open(id) {
  document.querySelector(`[data-opens="${id}"]`)?.click();
  return true;
}

function move(step) {
  const rows = [...document.querySelectorAll("[data-rows]")].flatMap((list) => [...list.querySelectorAll(`:scope > :is(${ROWS})`)]);
  if (!rows.length) return false;
  const links = rows.map((row) => (row.matches("a") ? row : row.querySelector("a[href]")));
  const here = links.findIndex((link) => link === document.activeElement);
  const marked = rows.findIndex((row) => row.matches("[aria-current]"));
  const from = here >= 0 ? here : marked >= 0 ? marked : step > 0 ? -1 : links.length;
  links[Math.min(Math.max(from + step, 0), links.length - 1)].focus();
  return true;
}

// The list is made from the page itself, so it never promises a key that does nothing here.
function listKeys(list) {
  const own = [...controls()].map(([key, control]) => [[key], control.dataset.keyLabel]);
  const areas = [...document.querySelectorAll("[data-go]")].map((link) => [["g", link.dataset.go], link.dataset.keyLabel]);
  const rows = document.querySelector("[data-rows]") ? [[["j", "k"], "Down and up in the list"]] : [];
  list.replaceChildren(...[...own, ...rows, ...areas, [["?"], "This list"]].flatMap(([keys, label]) => entry(keys, label)));
}

function entry(keys, label) {
  const term = document.createElement("dt");
  const words = document.createElement("dd");
  for (const key of keys) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    term.append(cap, " ");
  }
  words.textContent = label;
  return [term, words];
}
