// Order by dragging. Without this script the buttons beside each row do the same.
"use strict";

for (const list of document.querySelectorAll("[data-sortable]")) {
  let dragged = null;

  const over = (row) => {
    for (const each of list.children) each.classList.toggle("is-over", each === row);
  };

  for (const row of list.children) {
    if (!row.querySelector("[data-move]")) continue;
    row.draggable = true;
    row.addEventListener("dragstart", (event) => {
      dragged = row;
      event.dataTransfer.effectAllowed = "move";
    });
    row.addEventListener("dragend", () => {
      dragged = null;
      over(null);
    });
    row.addEventListener("dragover", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      over(row);
    });
    row.addEventListener("drop", (event) => {
      if (!dragged || dragged === row) return;
      event.preventDefault();
      const form = dragged.querySelector("[data-move]");
      const to = document.createElement("input");
      to.type = "hidden";
      to.name = "to";
      to.value = row.dataset.to;
      form.append(to);
      form.submit();
    });
  }
}
