// What the pages need of a script: pictures that follow the theme, drawers that open by keyboard,
// boxes that scroll and can take the focus, folds that open for a link and for paper.
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// The dark version of a picture is loaded when the reader chose the dark theme, or chose none and
// the system is dark; paper is always light.
function choosePictures(theme) {
  const media = { light: "not all", dark: "screen" }[theme] || "screen and (prefers-color-scheme: dark)";
  for (const source of all("picture > source")) if (source.media !== media) source.media = media;
}

function followTheme() {
  const choose = () => choosePictures(document.body.dataset.theme);
  choose();
  new MutationObserver(choose).observe(document.body, { attributeFilter: ["data-theme"] });
}

// The theme's drawers are opened by labels, which no key reaches: they become buttons.
function openDrawersByKey() {
  for (const [id, name, drawer] of [["__navigation", "Contents of the book", ".sidebar-drawer"],
                                    ["__toc", "Contents of this page", ".toc-drawer"]]) {
    const box = document.getElementById(id), panel = document.querySelector(drawer);
    const buttons = all(`label[for=${id}]:not(.overlay)`);
    const tell = () => buttons.forEach((button) => button.setAttribute("aria-expanded", box.checked));
    const set = (open) => {
      box.checked = open;
      box.dispatchEvent(new Event("change"));
    };
    for (const button of buttons) {
      Object.assign(button, { tabIndex: 0, role: "button", ariaLabel: name });
      button.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        set(!box.checked);
        if (box.checked) all("a, input", panel).find((one) => one.checkVisibility())?.focus();
      });
    }
    box.addEventListener("change", tell);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !box.checked) return;
      set(false);
      buttons.find((button) => button.offsetParent)?.focus();
    });
    panel.addEventListener("click", (event) => {
      if (event.target.closest("a[href*='#']")) set(false);
    });
    tell();
  }
}

// A box that is wider than its place says so at its edge and can be scrolled with the arrow keys.
function markScrolling() {
  const names = [["pre", "Code"], ["pre.printed", "Output"], [".table-wrapper", "Table"],
                 ["div.math", "Formula"], [".picture", "Figure"]];
  const mark = (box) => {
    const scrolls = box.scrollWidth > box.clientWidth + 1;
    box.classList.toggle("scrolls", scrolls);
    if (!scrolls) {
      if (box.dataset.named) for (const name of ["tabindex", "role", "aria-label", "data-named"]) box.removeAttribute(name);
      return;
    }
    const name = names.filter(([selector]) => box.matches(selector)).pop()[1];
    Object.assign(box, { tabIndex: 0, role: "group", ariaLabel: `${name}, wider than the page` });
    box.dataset.named = "yes";
  };
  const watch = new ResizeObserver((changes) => changes.forEach((change) => mark(change.target)));
  for (const box of all("article pre, article .table-wrapper, article div.math, article .picture")) watch.observe(box);
}

// A link to something inside of a fold opens it, and so does the browser's own search.
function openFor(hash) {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!target) return;
  const folds = [target.querySelector(":scope > details")];
  for (let around = target; around; around = around.parentElement) folds.push(around);
  for (const fold of folds) if (fold?.matches("details:not([open])")) fold.open = true;
  target.scrollIntoView();
}

function openFolds() {
  openFor(location.hash);
  window.addEventListener("hashchange", () => openFor(location.hash));
}

// On paper hints and solutions are open, and pictures are light.
function preparePaper() {
  window.addEventListener("beforeprint", () => {
    choosePictures("light");
    for (const fold of all("details.fold:not([open])")) {
      fold.open = true;
      fold.dataset.opened = "for print";
    }
  });
  window.addEventListener("afterprint", () => {
    choosePictures(document.body.dataset.theme);
    for (const fold of all("details.fold[data-opened]")) {
      fold.open = false;
      delete fold.dataset.opened;
    }
  });
}

followTheme();
openDrawersByKey();
markScrolling();
openFolds();
preparePaper();
