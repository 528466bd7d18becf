// Sends a file in pieces by the tus protocol. After a lost connection it asks where the upload stands and goes on
// there; what is known of an upload outlives the page, so that the same file, chosen again, goes on, too.
const TUS = { "Tus-Resumable": "1.0.0" };
const LEAST_BYTES = 256 * 1024;
const MOST_BYTES = 8 * 1024 * 1024;
const LONGEST_WAIT = 30_000;
const PATIENCE = 20; // attempts without a byte in between
const NO_ANSWER = "The site does not answer. What was sent is kept for a day: go on later.";

// `goesOn`: what was sent is kept, and pressing the button again goes on there.
export class Stopped extends Error {
  constructor(message, goesOn = false) {
    super(message);
    this.goesOn = goesOn;
  }
}

let stopping = null;
export const stopSending = () => stopping?.abort();

// The address that makes a preview of the file, once all of it is there. Throws Stopped.
export async function send(file, form, show) {
  stopping = new AbortController();
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const job = { file, form, show, token, known: keyOf(file, form), stop: stopping.signal };
  let address = localStorage.getItem(job.known);
  let offset = address ? await standing(job, address) : null;
  if (offset === null) {
    address = await begin(job);
    offset = 0;
  }
  let bytes = LEAST_BYTES;
  let fruitless = 0;
  while (offset < file.size) {
    if (fruitless === PATIENCE) throw new Stopped(NO_ANSWER, true);
    show(offset, file.size);
    const began = performance.now();
    const next = await piece(job, address, offset, Math.min(offset + bytes, file.size));
    if (next === null) return send(file, form, show); // it was swept or removed elsewhere
    const quick = performance.now() - began < 1000 && next - offset >= bytes;
    bytes = quick ? Math.min(2 * bytes, MOST_BYTES) : Math.max(Math.floor(bytes / 2), LEAST_BYTES);
    fruitless = next > offset ? 0 : fruitless + 1;
    if (fruitless) await pause(waiting(fruitless), job.stop);
    offset = next;
  }
  localStorage.removeItem(job.known);
  return `${address}finish/`;
}

const keyOf = (file, form) => `upload ${form.elements.benchmark.value} ${form.elements.format.value} ${file.name} ${file.size} ${file.lastModified}`;

async function begin(job) {
  const metadata = { filename: job.file.name, benchmark: job.form.elements.benchmark.value, format: job.form.elements.format.value };
  if (!metadata.format) delete metadata.format;
  const pairs = Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`);
  const headers = { "Upload-Length": job.file.size, "Upload-Metadata": pairs.join(",") };
  const answer = await patiently(job, () => ask(job, "POST", job.form.dataset.parts, headers));
  if (answer.status !== 201) throw new Stopped(await answer.text());
  const address = answer.headers.get("Location");
  localStorage.setItem(job.known, address);
  return address;
}

// How many bytes are there; null where the upload is gone.
async function standing(job, address) {
  const answer = await patiently(job, () => ask(job, "HEAD", address));
  if (answer.ok) return Number(answer.headers.get("Upload-Offset"));
  if (answer.status !== 404) throw refusal(answer.status, "");
  localStorage.removeItem(job.known);
  return null;
}

// Sends the bytes from `offset` to `end`; returns how many are there afterwards, null where the upload is gone.
async function piece(job, address, offset, end) {
  const headers = { "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
  let lost = false;
  const answer = await patiently(job, async () => {
    if (lost) return ask(job, "HEAD", address); // it may have come, though its answer did not
    lost = true;
    return ask(job, "PATCH", address, headers, job.file.slice(offset, end));
  });
  if (answer.ok || answer.status === 409) return Number(answer.headers.get("Upload-Offset"));
  if (answer.status !== 404) throw refusal(answer.status, await answer.text());
  localStorage.removeItem(job.known);
  return null;
}

function ask(job, method, address, headers = {}, body = undefined) {
  const all = { ...TUS, "X-CSRFToken": job.token, ...headers };
  return fetch(address, { method, body, headers: all, signal: job.stop, cache: "no-store" });
}

// Asks until there is an answer that is not the server's own trouble, each time after a longer wait.
async function patiently(job, request) {
  for (let attempt = 0; attempt < PATIENCE; attempt += 1) {
    try {
      const answer = await request();
      if (answer.status < 500 || answer.status === 507) return answer;
    } catch (error) {
      if (job.stop.aborted) throw new Stopped("Stopped. What was sent is kept for a day.", true);
      if (error.name !== "TypeError" && error.name !== "NetworkError") throw error;
    }
    job.show(null, job.file.size, "The connection is lost. Trying again…");
    await pause(waiting(attempt), job.stop);
  }
  throw new Stopped(NO_ANSWER, true);
}

const waiting = (attempt) => Math.min(LONGEST_WAIT, 500 * 2 ** attempt) * (0.75 + Math.random() / 2);

// Ends early when the network is back, or the reader stops.
function pause(milliseconds, stop) {
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      removeEventListener("online", over);
      stop.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    addEventListener("online", over);
    stop.addEventListener("abort", over);
  });
}

function refusal(status, text) {
  const signedOut = "You are signed out. Sign in in another tab, reload this page and choose the same file: it goes on.";
  return new Stopped(status === 401 || status === 403 ? signedOut : text || `The site answered ${status}.`, true);
}

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
