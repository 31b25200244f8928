// Comfort for whoever reads many answers: hiding by selecting, and three keys. Everything works
// without it. All words come from the page, in its language.
"use strict";

const OFF = "review-shortcuts-off";
const form = document.getElementById("decision");
const text = document.getElementById("words");
const boxes = [...document.querySelectorAll(".hide-words input")];

// Words to hide

function hide(numbers) {
  const wanted = new Set(numbers.map(String));
  boxes.filter((box) => wanted.has(box.value)).forEach((box) => (box.checked = true));
  document.getElementById("hiding").open = true;
  chooseHiding();
}

function chooseHiding() {
  const choice = form.querySelector("[name=verdict][value=hide]");
  if (boxes.some((box) => box.checked)) choice.checked = true;
}

for (const button of document.querySelectorAll("[data-words]")) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    hide(button.dataset.words.split(" "));
  });
}

boxes.forEach((box, position) => {
  box.addEventListener("change", chooseHiding);
  // The arrow keys go from word to word, the tabulator past all of them.
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const other = step && boxes[position + step];
    if (!other) return;
    event.preventDefault();
    box.tabIndex = -1;
    other.tabIndex = 0;
    other.focus();
  });
  if (position) box.tabIndex = -1;
});

// Words are counted, not letters: these are others in the other script.
const countWords = (written) => (written.match(/\S+/g) || []).length;

function selectedWords() {
  const selection = window.getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return [];
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const prefix = before.toString();
  const chosen = range.toString();
  const isInsideAWord = /\S$/.test(prefix) && /^\S/.test(chosen);
  const first = countWords(prefix) - (isInsideAWord ? 1 : 0);
  return Array.from({ length: countWords(chosen) }, (_, position) => first + position);
}

const hideSelection = document.getElementById("hide-selection");
if (hideSelection) {
  let selected = [];
  text.tabIndex = 0;
  document.addEventListener("selectionchange", () => {
    // The button takes the focus, which may end the selection.
    if (document.activeElement === hideSelection) return;
    selected = selectedWords();
    hideSelection.parentElement.hidden = !selected.length;
  });
  hideSelection.addEventListener("mousedown", (event) => event.preventDefault());
  hideSelection.addEventListener("click", () => {
    hide(selected);
    hideSelection.parentElement.hidden = true;
    boxes.find((box) => box.value === String(selected[0]))?.focus();
  });
}

// Keys

function kept(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null;
  }
}

const shortcuts = document.getElementById("shortcuts");
const toggle = shortcuts.querySelector("button");
let areOff = kept((storage) => storage.getItem(OFF)) === "1";

function showShortcuts() {
  shortcuts.hidden = false;
  shortcuts.querySelector("p").hidden = areOff;
  toggle.textContent = areOff ? shortcuts.dataset.on : shortcuts.dataset.off;
}

toggle.addEventListener("click", () => {
  areOff = !areOff;
  kept((storage) => (areOff ? storage.setItem(OFF, "1") : storage.removeItem(OFF)));
  showShortcuts();
});
showShortcuts();

const targets = { j: "next", k: "previous", s: "save" };

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("textarea, select, input:not([type=radio], [type=checkbox])");
  if (areOff || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const id = targets[event.key.toLowerCase()];
  if (id) document.getElementById(id)?.click();
});
