// Following what happens. A region that follows has data-follows with the name of what it follows, hx-get, and
// hx-trigger="interlock:hint". Over one socket the server says that something has changed, and nothing of what; the
// region then fetches itself. Without a socket every region asks by itself every few seconds. The "live" mark says
// which of it is the case, and never more than is known; L pauses. What may be a minute old listens on the body to
// "interlock:minute" instead.

const POLL = 15000;
// The server says every 15 seconds that it has missed nothing.
const SILENCE = 40000;
const LONGEST_PAUSE = 30000;
const ANNOUNCE = 10000;
const MINUTE = 60000;
// Another tab's answer, with this browser's new cookie, may still be on its way when the server ends the old session:
// so long it is waited for, and asked again.
const NEW_COOKIE = [1000, 2000, 4000];
const SESSION_ENDED = 4401;
// Ends after which the socket is not opened again; any other is a lost connection.
const CODES = {
  [SESSION_ENDED]: "Your session has ended: sign in again",
  4403: "What you may see has changed: reload",
};

let socket = null;
let tries = 0;
let heard = null;
let asked = "";
let paused = false;
let failed = false;
let ended = "";
// How often it was asked whether this browser is still signed in, while that is not known.
let doubted = 0;
let announced = { at: -ANNOUNCE, text: "" };
const missed = new Set();
let followsSoon = false;

export function keepLive() {
  tellTime();
  setInterval(tellTime, 15000);
  setInterval(() => isQuiet() || document.body.dispatchEvent(new CustomEvent("interlock:minute")), MINUTE);
  if (regions().length) begin();
  else document.addEventListener("htmx:afterSettle", beginOnce);
}

function beginOnce() {
  if (!regions().length) return;
  document.removeEventListener("htmx:afterSettle", beginOnce);
  begin();
}

function begin() {
  open();
  setInterval(() => isOpen() || ring(names()), POLL);
  setInterval(lookAfter, POLL);
  document.addEventListener("visibilitychange", catchUp);
  document.addEventListener("htmx:afterSettle", followSoon);
  document.addEventListener("htmx:afterSettle", announce);
  document.addEventListener("htmx:afterSettle", catchUp);
  document.addEventListener("htmx:afterRequest", (event) => {
    // Not event.target: an element that was swapped away reports through one that is still there.
    if (!event.detail.requestConfig.elt.closest("[data-follows]")) return;
    failed = !event.detail.successful;
    show();
    catchUp();
  });
  document.querySelector("[data-pauses-live]")?.addEventListener("click", () => {
    paused = !paused;
    catchUp();
    show();
  });
  // A page that waits in the browser's history has no socket.
  addEventListener("pagehide", () => socket?.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}

// -- the socket --------------------------------------------------------------------------------------

function open() {
  const made = new WebSocket(new URL("/live/", location.href).href.replace(/^http/, "ws"));
  socket = made;
  asked = "";
  made.addEventListener("open", follow);
  made.addEventListener("message", (event) => made === socket && hear(JSON.parse(event.data)));
  made.addEventListener("close", (event) => made === socket && lose(event.code));
}

function follow() {
  const wanted = JSON.stringify({ follow: names() });
  if (socket?.readyState !== WebSocket.OPEN || wanted === asked) return;
  asked = wanted;
  socket.send(wanted);
}

// Each row of what was put in settles by itself: they are followed together, once all have.
function followSoon() {
  if (followsSoon) return;
  followsSoon = true;
  queueMicrotask(() => {
    followsSoon = false;
    follow();
  });
}

function hear(said) {
  heard = performance.now();
  tries = 0;
  ended = "";
  if (doubted) {
    doubted = 0;
    catchUp();
  }
  if (said.changed) ring(said.changed);
  show();
}

function lose(code) {
  socket = null;
  heard = null;
  // A new password, or signing out everywhere else, gives this browser a new session: a new socket tells whether it has.
  doubted = code === SESSION_ENDED && doubted < NEW_COOKIE.length ? doubted + 1 : 0;
  ended = doubted ? "" : (CODES[code] ?? "");
  show();
  if (ended) return;
  tries += 1;
  // Not all pages at the same moment after a restart.
  const pause = doubted ? NEW_COOKIE[doubted - 1] : Math.random() * Math.min(LONGEST_PAUSE, 1000 * 2 ** tries);
  setTimeout(() => socket || open(), pause);
}

// A connection can be gone without a word.
function lookAfter() {
  if (isOpen() && performance.now() - heard > SILENCE) {
    socket?.close();
    lose(0);
  }
}

function isOpen() {
  return heard !== null;
}

// -- regions -----------------------------------------------------------------------------------------

function regions() {
  return [...document.querySelectorAll("[data-follows]")];
}

function names() {
  return [...new Set(regions().map((region) => region.dataset.follows))];
}

function isQuiet() {
  return paused || document.hidden || doubted > 0 || ended !== "";
}

function ring(changed) {
  if (isQuiet()) {
    for (const name of changed) missed.add(name);
    return;
  }
  for (const region of regions()) {
    const name = region.dataset.follows;
    if (!changed.includes(name)) continue;
    if (isBusy(region)) missed.add(name);
    else region.dispatchEvent(new CustomEvent("interlock:hint"));
  }
}

// What it is being given may be older than the hint, and what was just put in does not listen yet.
function isBusy(region) {
  return region.classList.contains("htmx-request") || region.closest(".htmx-added") !== null;
}

function catchUp() {
  if (isQuiet() || !missed.size) return;
  const late = [...missed];
  missed.clear();
  ring(late);
}

// One region speaks, counts only, and not all the time.
function announce(event) {
  const said = event.detail.elt?.closest("[data-announces]");
  const text = said?.textContent.trim();
  if (!text || text === announced.text || performance.now() - announced.at < ANNOUNCE) return;
  announced = { at: performance.now(), text };
  document.getElementById("announce").textContent = text;
}

// -- what is said of it --------------------------------------------------------------------------------

function show() {
  const mark = document.querySelector("[data-pauses-live]");
  if (!mark || !document.querySelector("main [data-follows]")) return;
  const [state, words] = ended
    ? ["stale", ended]
    : paused
      ? ["paused", "Paused"]
      : failed
        ? ["stale", "No answer, trying again"]
        : isOpen()
          ? ["live", "Following"]
          : ["reconnecting", "Reconnecting, asking every 15 s"];
  mark.dataset.state = state;
  mark.textContent = words;
  mark.setAttribute("aria-pressed", String(paused));
}

function tellTime() {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const form = { timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
    try {
      clock.textContent = new Intl.DateTimeFormat("en-GB", form).format(new Date());
    } catch {
      // A zone that is newer than the browser: the time of the page's making stays.
    }
  }
}
