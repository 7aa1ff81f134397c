// Following what happens. A region that follows has hx-get, hx-trigger="interlock:tick from:body" and
// data-follows; this file rings every few seconds, keeps the "live" mark honest, and lets L pause it.
// What somebody waits for, one transaction on its way, listens to "interlock:beat" instead.

const PERIOD = 5000;
const BEAT = 2000;
let paused = false;
let lost = false;

export function keepLive() {
  tellTime();
  setInterval(tellTime, 15000);
  if (!document.querySelector("[data-follows]")) return;
  setInterval(() => ring("tick"), PERIOD);
  setInterval(() => ring("beat"), BEAT);
  document.addEventListener("visibilitychange", () => ring("tick"));
  document.addEventListener("htmx:afterRequest", (event) => {
    // Not event.target: an element that was swapped away reports through one that is still there.
    if (!event.detail.requestConfig.elt.closest("[data-follows]")) return;
    lost = !event.detail.successful;
    show();
  });
  document.querySelector("[data-pauses-live]")?.addEventListener("click", () => {
    paused = !paused;
    show();
  });
  show();
}

function ring(name) {
  if (!paused && !document.hidden) document.body.dispatchEvent(new CustomEvent(`interlock:${name}`));
}

function show() {
  const mark = document.querySelector("[data-pauses-live]");
  if (!mark) return;
  const [state, words] = paused ? ["paused", "Paused"] : lost ? ["stale", "No answer, trying every 5 s"] : ["live", "Following"];
  mark.dataset.state = state;
  mark.textContent = words;
  mark.setAttribute("aria-pressed", String(paused));
}

function tellTime() {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const form = { timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    clock.textContent = new Intl.DateTimeFormat("en-GB", form).format(new Date());
  }
}
