// Hints and solutions that are folded on the screen are open on paper.
"use strict";

window.addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("details.fold:not([open])")) {
    fold.open = true;
    fold.dataset.opened = "for print";
  }
});

window.addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("details.fold[data-opened]")) {
    fold.open = false;
    delete fold.dataset.opened;
  }
});

// A link to an exercise or a listing inside a folded solution opens it.
window.addEventListener("DOMContentLoaded", () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target && target.closest("details.fold");
  if (fold) fold.open = true;
});
