// Making a run reads the whole file once more, of a large one for minutes: says so, and for how long already.
// A second press would wait for the first and then be refused, so it is not offered.
const form = document.querySelector("form[data-confirm]");
const button = form.querySelector("#score");
const said = form.querySelector("#making");
let ticking;

form.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter !== button) return;
  const started = Date.now();
  const seconds = said.querySelector("span");
  button.disabled = true;
  said.classList.add("shown");
  ticking = setInterval(() => {
    seconds.textContent = ` ${Math.round((Date.now() - started) / 1000)} s`;
  }, 1000);
});

// Back from the run's page by the back button: the page is as it was left.
addEventListener("pageshow", () => {
  clearInterval(ticking);
  button.disabled = false;
  said.classList.remove("shown");
});
