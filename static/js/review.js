// Reviewing a change: walking from one changed line to the next (n, p), also to lines that are not there yet, and saying
// something at a line or a difference (c). Lines come in parts: a link with data-way fetches the one before or after.
// Rows have the name of their place as id; without scripts every name, and every part, is an address.

const PLACE = /^[LOF][1-9]\d*$/;
const ROW = "tr[id], li[id]";
// What stays in sight above a row: the frame's bar.
const TOP = 60;
let here = null;
let form = null;

export function listenToReviews() {
  if (!document.querySelector("[data-walks], #say-here")) return;
  document.addEventListener("click", (event) => {
    const walks = event.target.closest("[data-walks]");
    const talks = event.target.closest("[data-discusses]");
    const named = event.target.closest("a[href]")?.closest(ROW);
    if (walks) walk(Number(walks.dataset.walks));
    else if (talks) sayAt(rowOf(document.activeElement), event);
    else if (event.target.closest("[data-leaves]")) leave();
    else if (named && event.target.closest(`[id="${named.id}"] :is(.n a, .say-at)`)) sayAt(named, event);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.closest?.("[data-say]") && form?.isConnected) leave();
  });
  document.addEventListener("htmx:afterSettle", blockWhatIsOlder);
  addEventListener("hashchange", goToWhatIsNamed);
  blockWhatIsOlder();
  goToWhatIsNamed();
}

// -- walking ---------------------------------------------------------------------------------------------

async function walk(step) {
  const stops = [...document.querySelectorAll("table.diff tr:is(.add, .del)")].filter((row) => !isChanged(before(row)));
  const to = next(stops, step);
  if (stops[to]) return stand(stops[to]);
  const way = [...document.querySelectorAll("table.diff [data-way]")].at(step > 0 ? -1 : 0);
  if (way && isWay(way, step) && (await fetched(way))) walk(step);
}

function next(stops, step) {
  const at = stops.indexOf(here);
  if (at >= 0 && isSeen(here)) return at + step;
  const below = stops.findIndex((row) => row.getBoundingClientRect().top > TOP);
  const first = below < 0 ? stops.length : below;
  return step > 0 ? first : first - 1;
}

function before(row) {
  let found = row.previousElementSibling;
  while (found?.matches(".cmt")) found = found.previousElementSibling;
  return found;
}

function isChanged(row) {
  return Boolean(row?.matches(".add, .del"));
}

function isSeen(row) {
  const box = row.getBoundingClientRect();
  return row.isConnected && box.bottom > TOP && box.top < innerHeight;
}

// The way before the first row leads back, the one after the last leads on; of a document nobody has opened, on.
function isWay(way, step) {
  const row = way.closest("tr");
  return step > 0 ? !row.nextElementSibling : !row.previousElementSibling && Boolean(row.nextElementSibling);
}

function stand(row) {
  here = row;
  row.scrollIntoView({ block: "center" });
  row.querySelector(".n a, .say-at")?.focus({ preventScroll: true });
}

// Whether its rows came. They are put in its place, so it is gone then.
function fetched(way) {
  return new Promise((resolve) => {
    const look = () => {
      if (way.isConnected && way.matches(".htmx-request")) return;
      document.removeEventListener("htmx:afterSettle", look);
      document.removeEventListener("htmx:afterRequest", look);
      resolve(!way.isConnected);
    };
    document.addEventListener("htmx:afterSettle", look);
    document.addEventListener("htmx:afterRequest", look);
    if (!way.matches(".htmx-request")) way.dispatchEvent(new CustomEvent("reach"));
  });
}

// -- places ----------------------------------------------------------------------------------------------

// A line that an address names may be in a part that is not here.
async function goToWhatIsNamed() {
  const name = location.hash.slice(1);
  if (!PLACE.test(name)) return;
  const lines = document.querySelector("table.diff [data-fetch]");
  if (!document.getElementById(name) && lines && !name.startsWith("F")) {
    await window.htmx.ajax("GET", `${lines.dataset.fetch}&at=${name}`, { target: lines, swap: "innerHTML" });
  }
  const row = document.getElementById(name);
  row?.closest("details")?.setAttribute("open", "");
  if (row) stand(row);
}

function rowOf(element) {
  const row = element?.closest(ROW);
  return row && PLACE.test(row.id) ? row : null;
}

// -- saying something ------------------------------------------------------------------------------------

function sayAt(row, event) {
  const kept = document.getElementById("say-here");
  if (!row || !kept) return;
  event.preventDefault();
  here = row;
  form ??= kept.content.querySelector("[data-say]").cloneNode(true);
  form.elements.at.value = row.id;
  form.querySelector("label").textContent = `About ${row.querySelector(".n a, .say-at").getAttribute("aria-label").replace(/^Comment on /, "").toLowerCase()}`;
  form.querySelector("[data-leaves]").hidden = false;
  leaveEmpty();
  if (row.matches("tr")) row.after(asRow(form));
  else row.append(asPart(form));
  form.querySelector("textarea").focus();
}

function asRow(part) {
  const row = document.createElement("tr");
  const cell = document.createElement("td");
  row.className = "cmt";
  cell.colSpan = 3;
  cell.append(part);
  row.append(cell);
  return row;
}

function asPart(part) {
  const box = document.createElement("div");
  box.className = "cmt";
  box.append(part);
  return box;
}

function leave() {
  leaveEmpty();
  here?.querySelector(".n a, .say-at")?.focus();
}

// What holds the form goes with it; what was typed stays in the form.
function leaveEmpty() {
  const holder = form?.closest(".cmt");
  form?.remove();
  holder?.remove();
}

// -- a newer version -------------------------------------------------------------------------------------

function blockWhatIsOlder() {
  if (!document.querySelector("#standing[data-newer]")) return;
  for (const note of document.querySelectorAll("[data-superseded]")) note.hidden = false;
  for (const button of document.querySelectorAll("#decision button[name=choice]")) button.disabled = true;
}
