// Comfort for those whose browser runs scripts. Every page works without it. All words come from
// the page, in its language.
"use strict";

const DAY = 24 * 60 * 60 * 1000;
const BACKUP = "backup:";
const NO_BACKUP = "no-backup";

const form = document.getElementById("answers");
let isChanged = false;
let isSubmitted = false;

function entries() {
  return [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
}

// Storage can be full, or refused by the browser: then there is no backup, and nothing breaks.
function store(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null;
  }
}

function forgetBackups() {
  store((kept) => Object.keys(kept).filter((name) => name.startsWith(BACKUP)).forEach((name) => kept.removeItem(name)));
}

// Said on the page, and aloud only where it is news.
function say(element, words, aloud) {
  const shown = document.createElement("span");
  shown.textContent = words;
  if (!aloud) shown.setAttribute("aria-hidden", "true");
  element.replaceChildren(shown);
}

function countCharacters() {
  for (const control of form.querySelectorAll("[maxlength]")) {
    const count = control.parentElement.querySelector(".character-count");
    if (!count) continue;
    const told = count.textContent;
    const most = control.maxLength;
    // Browsers count an emoji as two or more, and cut off without a word what is too long.
    control.removeAttribute("maxlength");
    const show = () => {
      const left = most - [...control.value].length;
      count.textContent = control.value ? form.dataset.left.replace("#", left) : told;
    };
    control.addEventListener("input", show);
    if (control.value) show();
  }
}

// Hide what is asked only after other answers on this page. It is sent all the same, so that an
// answer that was changed by mistake takes nothing with it; the server leaves out what is not asked.
function followUp() {
  const parts = [...form.querySelectorAll("[data-asked-if]")];
  const isChosen = (control) => (/radio|checkbox/.test(control.type) ? control.checked : true);
  const holds = ([names, codes]) =>
    names.some((name) =>
      [...form.querySelectorAll(`[name="${name}"]`)].some(
        (control) => !control.closest("[hidden]") && isChosen(control) && codes.includes(control.value),
      ),
    );
  // In the order of the page: what is hidden opens nothing. What holds an error stays in sight.
  const show = () => {
    for (const part of parts) {
      part.hidden = !part.matches(".has-error") && !JSON.parse(part.dataset.askedIf).every(holds);
    }
  };
  form.addEventListener("input", show);
  window.addEventListener("pageshow", show);
  show();
}

function guard() {
  form.addEventListener("input", () => (isChanged = true));
  form.addEventListener("submit", (event) => {
    // The second click of a double click; what it would send is on its way.
    if (isSubmitted) event.preventDefault();
    isSubmitted = true;
    setTimeout(() => (isSubmitted = false), 5000);
  });
  if (!form.dataset.guarded) return;
  window.addEventListener("beforeunload", (event) => {
    if (isChanged && !isSubmitted) event.preventDefault();
  });
}

function autosave() {
  const status = document.getElementById("autosave-status");
  let timer, changedAt, waiting, savedBefore = false, failedBefore = false, isStopped = false, isSaving = false;

  async function save() {
    clearTimeout(timer);
    if (isSaving || isSubmitted) return;
    isSaving = true;
    isChanged = false;
    changedAt = null;
    const body = new URLSearchParams(new FormData(form));
    body.set("autosave", "yes");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body,
        redirect: "error",
        signal: AbortSignal.timeout(15000),
      });
      if (answer.status >= 500) throw new Error(answer.status);
      const told = await answer.json();
      if (answer.ok) {
        form.elements.key.value = told.key;
        say(status, told.status, !savedBefore || failedBefore);
        savedBefore = true;
        failedBefore = false;
      } else {
        // Only the person can go on from here: by the button, which shows everything again.
        isStopped = isChanged = true;
        say(status, told.status, true);
      }
    } catch {
      isChanged = true;
      say(status, form.dataset.autosave, !failedBefore);
      failedBefore = true;
      timer = setTimeout(save, 10000);
    }
    isSaving = false;
    if (waiting) form.requestSubmit(waiting);
    else if (isChanged && !isStopped && !failedBefore) later();
  }

  // Two seconds after the last key, and at least every twenty while somebody goes on writing.
  function later() {
    changedAt = changedAt || Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(2000, changedAt + 20000 - Date.now())));
  }

  form.addEventListener("input", () => isStopped || later());
  // What is being saved would look like somebody else's change to what is sent meanwhile.
  form.addEventListener(
    "submit",
    (event) => {
      if (!isSaving) return;
      waiting = event.submitter;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
}

function backup() {
  const name = BACKUP + form.dataset.backup;
  const anchor = form.querySelector(".actions");
  let timer;

  function restore(kept) {
    const values = new Map();
    for (const [control, value] of kept) values.set(control, [...(values.get(control) || []), value]);
    for (const control of form.elements) {
      const own = values.get(control.name);
      if (control.type === "radio" || control.type === "checkbox") {
        if (control.name) control.checked = Boolean(own && own.includes(control.value));
      } else if (own && control.type !== "submit") {
        control.value = own[0];
      }
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
    for (const control of form.elements) control.dispatchEvent(new Event("input"));
  }

  const read = () => store((kept) => JSON.parse(kept.getItem(name)));
  const isOff = () => store((kept) => kept.getItem(NO_BACKUP)) !== null;
  const found = read();
  if (found && Date.now() - found.at < 7 * DAY && !document.getElementById("errors")) {
    const notice = document.getElementById("backup-found").content.cloneNode(true);
    const box = notice.firstElementChild;
    box.addEventListener("click", (event) => {
      const wish = event.target.dataset.do;
      if (wish === "restore") restore(found.entries);
      if (wish === "forget") forgetBackups();
      if (wish) box.remove();
    });
    form.before(notice);
  }

  const choice = document.getElementById("backup-switch").content.cloneNode(true);
  const box = choice.querySelector("input");
  box.checked = !isOff();
  box.addEventListener("change", (event) => {
    event.stopPropagation();
    store((kept) => (box.checked ? kept.removeItem(NO_BACKUP) : kept.setItem(NO_BACKUP, "yes")));
    if (!box.checked) forgetBackups();
  });
  anchor.before(choice);

  const keep = () => isOff() || store((kept) => kept.setItem(name, JSON.stringify({ at: Date.now(), entries: entries() })));
  form.addEventListener("input", (event) => {
    if (event.target === box) return;
    clearTimeout(timer);
    timer = setTimeout(keep, 500);
  });
}

// A computer that many use: nobody there for two minutes, and it is the next person's.
function returnWhenIdle(start, question) {
  const box = document.createElement("p");
  box.className = "notice floating";
  box.setAttribute("role", "alert");
  document.body.append(box);
  let asking, leaving;
  const restart = () => {
    clearTimeout(asking);
    clearTimeout(leaving);
    box.textContent = "";
    asking = setTimeout(() => (box.textContent = question), 90000);
    leaving = setTimeout(() => {
      isSubmitted = true;
      window.location.replace(start);
    }, 120000);
  };
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    window.addEventListener(sign, restart, { passive: true });
  }
  restart();
}

// Passkeys: the ceremonies are the library's; here is when they are offered and what went wrong.
function offerPasskeys() {
  const offered = document.querySelector("[data-passkey]");
  if (!offered) return;
  const there = Boolean(window.PublicKeyCredential);
  offered.hidden = !there;
  const missing = document.querySelector("[data-no-passkey]");
  if (missing) missing.hidden = there;
  const told = offered.querySelector("[data-passkey-error]");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    told.textContent = told.dataset.passkeyError;
  });
  offered.addEventListener("click", () => (told.textContent = ""));
}

offerPasskeys();
if (form) {
  guard();
  followUp();
  if (form.dataset.left) countCharacters();
  if (form.dataset.autosave) autosave();
  if (form.dataset.backup) backup();
}
if (document.querySelector("[data-sent]")) forgetBackups();
if (document.body.dataset.kiosk) {
  forgetBackups();
  returnWhenIdle(document.body.dataset.kiosk, document.body.dataset.idle);
}
document.getElementById("errors")?.focus();
// Back to a page that the browser kept as it was when the form went off: ask for how it is now.
window.addEventListener("pageshow", (event) => event.persisted && isSubmitted && window.location.reload());
