// The upload page: says that a file is too large before it is sent, and hands the form to upload_parts.js.
import { Stopped, send, stopSending } from "./upload_parts.js";

const field = document.querySelector("input[data-most-bytes]");
const note = document.getElementById("too-large");
const form = field?.form;
const button = form?.querySelector("button.primary");
const sending = document.getElementById("sending");
const stop = document.getElementById("stop-sending");

field?.addEventListener("change", () => {
  const most = Number(field.dataset.mostBytes);
  const size = field.files[0]?.size ?? 0;
  const tooLarge = size > most;
  const message = tooLarge ? `This file has ${(size / 2 ** 20).toFixed(0)} MB; at most ${(most / 2 ** 20).toFixed(0)} MB are accepted. Gzip it, or send it in parts.` : "";
  field.setCustomValidity(message);
  note.textContent = message;
  note.hidden = !tooLarge;
});

form?.addEventListener("submit", async (event) => {
  const file = field.files[0];
  if (!file?.size) return; // the server says what is missing
  event.preventDefault();
  button.disabled = true;
  button.textContent = "Sending the file…";
  sending.hidden = false;
  stop.disabled = false;
  try {
    form.action = await send(file, form, show);
    show(file.size, file.size, "All is sent. The file is being looked at…");
    field.disabled = true; // it is there already
    form.submit();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    show(null, file.size, error.message);
    button.disabled = false;
    stop.disabled = true;
    button.textContent = error.goesOn ? "Go on sending" : "Look at the file";
  }
});

stop?.addEventListener("click", stopSending);

const bar = sending?.querySelector("progress");
const words = sending?.querySelector("[data-amount]");
const state = sending?.querySelector("[role=status]");

// `received` of `size` bytes: the bar moves with each piece; what is read aloud changes by tenths alone.
function show(received, size, message = "") {
  if (received !== null) {
    bar.max = size;
    bar.value = received;
    const percent = Math.floor((100 * received) / size);
    words.textContent = `${percent} % of ${(size / 2 ** 20).toFixed(1)} MiB`;
    message ||= `${10 * Math.floor(percent / 10)} % is sent.`;
  }
  if (state.textContent !== message) state.textContent = message;
}

// Back from the next page, the form works again.
addEventListener("pageshow", (event) => {
  if (event.persisted && form) location.reload();
});
