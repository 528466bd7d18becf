// Keys of every page: "/" search, "?" help, "j"/"k" next and previous (links marked data-next, data-previous).
// Any link or button with data-key="x" answers to that key too.
const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

const actions = {
  "/": () => {
    const search = document.querySelector("[data-search]");
    search?.focus();
    search?.select();
    return Boolean(search);
  },
  "?": () => {
    const help = document.getElementById("help");
    if (help && !help.open) help.showModal();
    return Boolean(help);
  },
  j: () => press("[data-next]"),
  k: () => press("[data-previous]"),
};

function press(selector) {
  const target = document.querySelector(selector);
  target?.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
  if (typing(event.target)) return;
  const own = /^[a-zA-Z]$/.test(event.key) ? `[data-key="${event.key}"]` : null;
  const done = actions[event.key]?.() || (own && press(own));
  if (done) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) actions["?"]();
});
