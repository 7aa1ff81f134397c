// Dialogs, toasts, copying, printing, the look, and the tokens of the search box.

const FAILED = "The server did not answer. Nothing was changed here; try again.";

export function listenToParts() {
  document.addEventListener("click", (event) => {
    const control = event.target.closest("[data-opens], [data-copies], [data-dismiss], [data-prints]");
    if (!control) return;
    if (control.dataset.opens) openDialog(control, event);
    else if (control.dataset.copies !== undefined) copy(control);
    else if (control.dataset.prints !== undefined) window.print();
    else control.closest(".toast").remove();
  });
  document.addEventListener("keydown", takeTokenBack);
  document.body.addEventListener("interlock:look", (event) => wear(event.detail));
  document.body.addEventListener("htmx:sendError", tellFailure);
  document.body.addEventListener("htmx:responseError", tellFailure);
  for (const dialog of document.querySelectorAll("dialog[open]")) makeModal(dialog);
  // Not before: a browser takes the focus away once more when it goes to the part.
  window.addEventListener("load", () => requestAnimationFrame(focusWhatWasAskedFor));
}

// Opened at one of its parts (#decide), a page is not focused by the browser: that looks at no autofocus then.
function focusWhatWasAskedFor() {
  document.getElementById(location.hash.slice(1))?.querySelector("[autofocus]")?.focus();
}

// A part that is fetched after its page says itself that it did not come; of anything else a toast tells.
function tellFailure(event) {
  const part = event.target.closest("[data-failed]");
  if (!part) return toast(FAILED);
  part.removeAttribute("aria-busy");
  part.querySelector(".skel")?.remove();
  part.querySelector("[data-says]").textContent = part.dataset.failed;
}

function openDialog(control, event) {
  const dialog = document.getElementById(control.dataset.opens);
  if (!dialog) return;
  event.preventDefault();
  control.closest("[popover]")?.hidePopover();
  document.dispatchEvent(new CustomEvent("interlock:open", { detail: dialog.id }));
  dialog.showModal();
}

// The address asked for it, so it is in the page already; a dialog traps the focus only when modal.
function makeModal(dialog) {
  dialog.close();
  dialog.showModal();
}

async function copy(control) {
  const text = control.dataset.copies || location.href;
  await navigator.clipboard.writeText(text);
  toast("Copied");
}

function wear(look) {
  for (const [name, value] of Object.entries(look)) {
    if (!["theme", "density", "keys"].includes(name)) continue;
    document.documentElement.dataset[name] = value;
    for (const choice of document.querySelectorAll(`[data-choice="${name}"] button`)) {
      choice.setAttribute("aria-pressed", String(choice.value === value));
    }
  }
}

// Backspace in the empty box takes the last token back as text, to be edited or deleted.
function takeTokenBack(event) {
  if (event.key !== "Backspace" || !event.target.matches?.("[data-query] input[type=search]") || event.target.value) return;
  const last = [...event.target.form.querySelectorAll("[data-token]")].at(-1);
  if (!last) return;
  event.preventDefault();
  event.target.value = last.dataset.token;
  last.remove();
}

export function toast(text) {
  const box = document.createElement("div");
  const words = document.createElement("span");
  const away = document.createElement("button");
  box.className = "toast";
  box.setAttribute("role", "status");
  words.textContent = text;
  away.type = "button";
  away.dataset.dismiss = "";
  away.textContent = "Dismiss";
  box.append(words, away);
  document.getElementById("toasts")?.append(box);
  setTimeout(() => box.remove(), 10000);
}
