// The matrix as a file, for papers: names on the left, cells as they are drawn, on white, in the light theme's colours.
// Buttons marked data-drawing="svg" or "png", with data-name, save the first .matrix of their page.
const space = "http://www.w3.org/2000/svg";
const root = document.documentElement;
const TEXT = { "font-family": "sans-serif", "font-size": 12, "dominant-baseline": "central" };

// Files know hex and rgb() alone; a canvas turns light-dark() and color-mix() into those.
const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
  willReadFrequently: true,
});
function plainColour(colour) {
  if (colour === "none") return colour;
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return alpha ? `rgb(${red}, ${green}, ${blue})` : "none";
}

function element(name, attributes, text = "") {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// A part of the drawing at its place, with the colours that the style sheet gives it.
function standing(svg, x, y) {
  const { width, height } = svg.getBoundingClientRect();
  const view = { viewBox: svg.getAttribute("viewBox"), preserveAspectRatio: "none" };
  const copy = element("svg", { x, y, width, height, ...view });
  for (const path of svg.querySelectorAll("path")) {
    const { fill, stroke, strokeWidth } = getComputedStyle(path);
    const colours = { fill: plainColour(fill), stroke: plainColour(stroke), "stroke-width": strokeWidth };
    copy.append(element("path", { d: path.getAttribute("d"), ...colours, "shape-rendering": "crispEdges" }));
  }
  return copy;
}

// What the colours mean, from the legend above the matrix.
function* legend(x, y) {
  for (const entry of document.querySelectorAll(".legend.steps li")) {
    const box = getComputedStyle(entry, "::before");
    if (box.display !== "none") {
      const colours = { fill: plainColour(box.backgroundColor), stroke: "#8a929b" };
      yield element("rect", { x, y: y - 6, width: 18, height: 12, ...colours });
      x += 24;
    }
    yield element("text", { x, y, ...TEXT }, entry.textContent);
    x += 7 * entry.textContent.length + 20;
  }
}

function drawn(matrix) {
  const labels = [...matrix.querySelectorAll(".labels li")];
  const parts = [...matrix.querySelectorAll(".field > svg")];
  const frame = matrix.querySelector(".field").getBoundingClientRect();
  const wide = matrix.querySelector(".labels").getBoundingClientRect().width + 32;
  const size = { width: Math.ceil(wide + frame.width) + 4, height: Math.ceil(frame.height) + 36 };
  const drawing = element("svg", { xmlns: space, ...size, viewBox: `0 0 ${size.width} ${size.height}` });
  drawing.append(element("rect", { ...size, fill: "white" }));
  for (const label of labels) {
    const { top, height } = label.getBoundingClientRect();
    const y = top - frame.top + height / 2;
    const [name, ...figures] = label.children;
    const said = figures.map((part) => part.textContent.trim()).filter(Boolean).join(" · ");
    drawing.append(element("text", { x: 4, y, ...TEXT }, name.textContent));
    drawing.append(element("text", { x: wide - 8, y, "text-anchor": "end", fill: "#565e68", ...TEXT }, said));
  }
  for (const part of parts) drawing.append(standing(part, wide, part.getBoundingClientRect().top - frame.top));
  drawing.append(...legend(wide, frame.height + 20));
  return { text: new XMLSerializer().serializeToString(drawing), ...size };
}

async function pictureOf({ text, width, height }) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-drawing]");
  if (!button) return;
  const form = button.dataset.drawing;
  const theme = root.dataset.theme;
  root.dataset.theme = "light";
  const drawing = drawn(document.querySelector(".matrix"));
  root.dataset.theme = theme;
  const file = form === "png" ? await pictureOf(drawing) : new Blob([drawing.text], { type: "image/svg+xml" });
  const address = URL.createObjectURL(file);
  Object.assign(document.createElement("a"), { href: address, download: `${button.dataset.name}.${form}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
});
