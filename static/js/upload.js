// Says that a file is too large before it is sent; the server refuses it anyway.
const field = document.querySelector("input[data-most-bytes]");
const note = document.getElementById("too-large");

field?.addEventListener("change", () => {
  const most = Number(field.dataset.mostBytes);
  const size = field.files[0]?.size ?? 0;
  const tooLarge = size > most;
  const message = tooLarge ? `This file has ${(size / 2 ** 20).toFixed(0)} MB; at most ${(most / 2 ** 20).toFixed(0)} MB are accepted. Gzip it, or send it in parts.` : "";
  field.setCustomValidity(message);
  note.textContent = message;
  note.hidden = !tooLarge;
});

field?.form.addEventListener("submit", () => {
  const button = field.form.querySelector("button.primary");
  button.disabled = true;
  button.textContent = "Sending the file…";
});
// Back from the next page, the button works again.
addEventListener("pageshow", () => {
  const button = field?.form.querySelector("button.primary");
  if (button?.disabled) location.reload();
});
