// The search: the entries of search-entries.js, ranked by BM25 over their fields.
"use strict";

const WEIGHTS = { title: 5, question: 3, text: 1, code: 0.3 };
const KINDS = { page: 1.25, other: 0.6, section: 1, listing: 0.9, exercise: 0.55, word: 0.75 };
const NAMES = { page: "section", section: "part", listing: "listing", exercise: "exercise", word: "glossary" };
const STOP = new Set(
  ("a an and are as at be by do does for from has have how i in is it its me of on or " +
    "that the they this to was we what when where which with you").split(" "));
const SATURATION = 1.2, LENGTH = 0.6, SHOWN = 30, EXCERPT = 220;

// A word without its ending, so that "scaling" finds "scaled". Crude, and the same for both sides.
function stem(word) {
  if (word.length < 4 || /[^a-z]/.test(word)) return word;
  for (const [ending, rest] of [["ies", "y"], ["sses", "ss"], ["ing", ""], ["ed", ""], ["es", ""], ["s", ""]]) {
    if (word.endsWith(ending) && word.length - ending.length + rest.length >= 3 && !word.endsWith("ss")) {
      word = word.slice(0, -ending.length) + rest;
      break;
    }
  }
  return word.replace(/(.)\1$/, "$1").replace(/e$/, "");
}

// The words of a text: names in code count whole and in their parts; \sqrt is a word.
function words(text) {
  const found = [];
  for (const [name] of text.toLowerCase().matchAll(/[\p{L}\p{N}_]+(?:::[\p{L}\p{N}_~]+)*/gu)) {
    if (/_|::/.test(name)) found.push(name);
    for (const part of name.split(/_|::/)) if (part) found.push(stem(part));
  }
  return found;
}

function counted(text) {
  const counts = new Map();
  for (const word of words(text)) counts.set(word, (counts.get(word) || 0) + 1);
  return counts;
}

// The fields of every entry as counts of words, and what the ranking needs to know of all.
function prepare(entries) {
  const fields = Object.keys(WEIGHTS), seen = new Map();
  const average = Object.fromEntries(fields.map((field) => [field, 0]));
  const prepared = entries.map((entry) => {
    const counts = {}, lengths = {}, all = new Set();
    for (const field of fields) {
      counts[field] = counted(entry[field]);
      lengths[field] = [...counts[field].values()].reduce((sum, count) => sum + count, 0);
      average[field] += lengths[field] / entries.length;
      for (const word of counts[field].keys()) all.add(word);
    }
    for (const word of all) seen.set(word, (seen.get(word) || 0) + 1);
    return { entry, counts, lengths, name: entry.title.toLowerCase() };
  });
  return { prepared, seen, average };
}

function score(one, word, index) {
  let weight = 0;
  for (const [field, factor] of Object.entries(WEIGHTS)) {
    const count = one.counts[field].get(word);
    if (!count) continue;
    const length = one.lengths[field] / (index.average[field] || 1);
    weight += (factor * count) / (1 - LENGTH + LENGTH * length);
  }
  const rarity = Math.log(1 + index.prepared.length / (index.seen.get(word) || 1));
  return (rarity * weight) / (SATURATION + weight);
}

// The entries that fit a query, the best first. What its page says elsewhere counts a little.
function search(query, index) {
  const asked = [...new Set(words(query))].filter((word) => !STOP.has(word));
  const wanted = asked.length ? asked : [...new Set(words(query))];
  const name = query.trim().toLowerCase().replace(/\(\)$/, "");
  const hits = [], pages = new Map();
  for (const one of index.prepared) {
    const scores = wanted.map((word) => score(one, word, index));
    const known = scores.filter((value) => value > 0).length;
    if (!known) continue;
    const points = scores.reduce((sum, value) => sum + value, 0) * (known / wanted.length) ** 2;
    hits.push({ entry: one.entry, points, named: one.name === name || one.name.split("::").pop() === name });
    const best = pages.get(one.entry.page) || [];
    pages.set(one.entry.page, [...best, points]);
  }
  const around = (page) =>
    pages.get(page).sort((a, b) => b - a).slice(0, 4).reduce((sum, points) => sum + points, 0);
  for (const hit of hits) {
    const { kind, page, number } = hit.entry;
    hit.points *= KINDS[kind === "page" && !number ? "other" : kind];
    if (number) hit.points += 0.25 * around(page);
    if (hit.named) hit.points *= kind === "listing" ? 4 : 1.3;
  }
  return { hits: hits.sort((a, b) => b.points - a.points).slice(0, SHOWN), wanted };
}

// The part of a text that has the most of the words that were asked for, with those marked.
function excerpt(entry, wanted) {
  const text = [entry.text, entry.question, entry.code].find((part) => part && words(part).some((word) => wanted.includes(word))) || entry.text;
  const places = [...text.matchAll(/[\p{L}\p{N}_:]+/gu)]
    .filter((match) => words(match[0]).some((word) => wanted.includes(word)));
  let first = 0, most = 0;
  for (const place of places) {
    const inside = places.filter((other) => other.index >= place.index && other.index < place.index + EXCERPT);
    const distinct = new Set(inside.flatMap((match) => words(match[0])));
    if (distinct.size > most) [most, first] = [distinct.size, place.index];
  }
  const start = first < 60 ? 0 : text.lastIndexOf(" ", first - 50) + 1;
  const node = document.createElement("p");
  let last = start;
  const add = (part) => node.append(part.replace(/[\\{}]/g, ""));  // of formulas
  if (start) node.append("… ");
  for (const place of places) {
    if (place.index < start || place.index > start + EXCERPT) continue;
    add(text.slice(last, place.index));
    const mark = document.createElement("mark");
    mark.textContent = place[0];
    node.append(mark);
    last = place.index + place[0].length;
  }
  const end = text.indexOf(" ", Math.max(last, start + EXCERPT));
  add(text.slice(last, end < 0 ? undefined : end) + (end < 0 ? "" : " …"));
  return node;
}

function shown(entry, wanted, titles) {
  const item = document.createElement("li"), link = document.createElement("a");
  const kind = document.createElement("span");
  link.href = `${document.documentElement.dataset.content_root}${entry.page}.html${entry.anchor ? "#" + entry.anchor : ""}`;
  link.textContent = entry.title;
  kind.className = "search-kind";
  kind.textContent = entry.kind === "page" ? (entry.number ? NAMES.page : "page")
    : `${NAMES[entry.kind]}${entry.number ? ` in ${titles.get(entry.page)}` : ""}`;
  item.append(link, " ", kind, excerpt(entry, wanted));
  return item;
}

function main() {
  const query = new URLSearchParams(location.search).get("q") || "";
  const field = document.querySelector("#search-form input");
  field.value = query;
  if (!query.trim()) {
    field.focus();
    return;
  }
  const index = prepare(ENTRIES);
  const titles = new Map(ENTRIES.filter((entry) => entry.kind === "page").map((entry) => [entry.page, entry.title]));
  const { hits, wanted } = search(query, index);
  document.querySelector("#search-status").textContent =
    hits.length ? `${hits.length}${hits.length === SHOWN ? " or more" : ""} places for “${query}”`
      : `Nothing for “${query}”. Try fewer words, or the name of a function.`;
  document.querySelector("#search-results")
    .append(...hits.map((hit) => shown(hit.entry, wanted, titles)));
}

main();
