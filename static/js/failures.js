// The opened group stays in sight in its list, which is replaced whenever another one is opened.
const list = () => document.querySelector(".groups");

function showOpened() {
  const opened = list()?.querySelector("a[aria-current]");
  if (!opened) return;
  const { top, bottom } = opened.getBoundingClientRect();
  const frame = list().getBoundingClientRect();
  if (top < frame.top || bottom > frame.bottom) list().scrollTop += top - frame.top - frame.height / 3;
}

let before = 0;
document.addEventListener("htmx:beforeSwap", () => (before = list()?.scrollTop ?? 0));
document.addEventListener("htmx:afterSettle", () => {
  if (list()) list().scrollTop = before;
  showOpened();
});
showOpened();
