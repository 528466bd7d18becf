// Keys of a table marked data-rows: "j" and "k" go to the next and previous row's link, which Enter opens; "x" ticks
// the row's box. What the keys of every page are is in keyboard.js.
const links = () => [...document.querySelectorAll("[data-rows] tbody th a")];
const rowOf = (element) => element?.closest("[data-rows] tbody tr");
const boxOf = (row) => row?.querySelector("input[type=checkbox]");

function step(by) {
  const all = links();
  const here = all.findIndex((link) => rowOf(link) === rowOf(document.activeElement));
  const next = here < 0 ? all.at(by > 0 ? 0 : -1) : all[here + by];
  next?.focus({ preventScroll: true });
  next?.closest("tr").scrollIntoView({ block: "nearest", inline: "nearest" });
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  x: () => boxOf(rowOf(document.activeElement))?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (typing || !keys[event.key]) return;
  keys[event.key]();
  event.preventDefault();
});

// A row's box belongs to the filter's form but does not lie in it, so htmx there does not hear of it.
let ticked = false;
document.addEventListener("change", ({ target }) => {
  if (!target.form || !rowOf(target)) return;
  ticked = true;
  target.form.requestSubmit();
});

// Whoever ticks a box far down stays there, though the table is a new one; sorting and filtering begin at the top.
let place;
document.addEventListener("htmx:beforeSwap", () => {
  const scroller = ticked && document.querySelector("[data-rows]")?.closest(".scroll");
  ticked = false;
  if (!scroller) return;
  const row = rowOf(document.activeElement);
  const onLink = document.activeElement.matches("a");
  place = { top: scroller.scrollTop, left: scroller.scrollLeft, box: boxOf(row)?.id, onLink };
});
document.addEventListener("htmx:afterSettle", () => {
  const scroller = place && document.querySelector("[data-rows]")?.closest(".scroll");
  if (scroller) {
    scroller.scrollTo(place.left, place.top);
    const box = place.box && document.getElementById(place.box);
    (place.onLink ? rowOf(box)?.querySelector("th a") : box)?.focus({ preventScroll: true });
  }
  place = undefined;
});

// A menu closes when one goes on elsewhere.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
document.addEventListener("keydown", ({ key, target }) => {
  const menu = key === "Escape" && target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
