// Draws <div class="plot" data-chart="address of a figure" data-library="address of Plotly"> when it comes into view.
// Figures name colours as var(--token); they are looked up here, so that both themes get theirs.
const config = {
  responsive: true,
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  doubleClick: "reset",
};
const root = document.documentElement;
const figures = new WeakMap();
let library;

const loadLibrary = (address) =>
  (library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      library = undefined;
      reject(new Error("the chart library did not load"));
    };
    document.head.append(script);
  }));

// Plotly knows hex and rgb() alone; a canvas turns light-dark() and color-mix() into those.
const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
  willReadFrequently: true,
});

function colourOf(token) {
  const probe = document.createElement("span");
  probe.style.color = token;
  document.body.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = computed;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(3)})`;
}

function themed(value) {
  if (typeof value === "string") return value.startsWith("var(--") ? colourOf(value) : value;
  if (Array.isArray(value)) return value.map(themed);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, themed(part)]));
  }
  return value;
}

function fitted(layout, plot) {
  const font = { ...layout.font, family: getComputedStyle(document.body).fontFamily };
  return { ...layout, font, width: plot.clientWidth, height: plot.clientHeight };
}

async function draw(plot) {
  const figure = figures.get(plot);
  if (!figure || !plot.isConnected) return;
  await window.Plotly.react(plot, themed(figure.data), fitted(themed(figure.layout), plot), config);
}

// The server places the labels, so it is told how much room there is; in steps, to be answered from the cache.
function addressOf(plot) {
  const address = new URL(plot.dataset.chart, location);
  address.searchParams.set("width", Math.floor((plot.clientWidth - 44) / 40) * 40);
  return address;
}

async function figureOf(plot) {
  if (plot.dataset.chart.startsWith("{")) return JSON.parse(plot.dataset.chart); // a copy without a server
  const answer = await fetch(addressOf(plot));
  if (!answer.ok) throw new Error(`the figure did not load (${answer.status})`);
  return answer.json();
}

async function open(plot) {
  try {
    const [figure] = await Promise.all([figureOf(plot), loadLibrary(plot.dataset.library)]);
    figures.set(plot, figure);
    plot.replaceChildren();
    await draw(plot);
    plot.on("plotly_click", ({ points: [point] }) => {
      if (typeof point.customdata === "string") location.assign(point.customdata);
    });
  } catch (error) {
    const wait = Object.assign(document.createElement("span"), { className: "wait" });
    wait.textContent = `Not drawn: ${error.message}. The table below has the figures.`;
    plot.replaceChildren(wait);
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      open(target);
    }
  },
  { rootMargin: "150px" },
);

const plotsIn = (root) => root.querySelectorAll("[data-chart]");
// Each once: a swap beside a chart must not draw it anew, into the remains of the first drawing.
const watched = new WeakSet();
const watch = (root) => {
  for (const plot of plotsIn(root)) {
    if (watched.has(plot)) continue;
    watched.add(plot);
    seen.observe(plot);
  }
};

watch(document);
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  for (const plot of plotsIn(detail.target)) if (figures.has(plot)) window.Plotly.purge(plot);
});
document.addEventListener("htmx:afterSettle", ({ target }) => watch(target.parentElement ?? document));
// A chart as a file, for papers: on white, in the light theme's colours, at the size that it has on the page.
async function save(button) {
  const plot = button.closest("figure").querySelector("[data-chart]");
  if (!figures.has(plot)) {
    seen.unobserve(plot);
    await open(plot);
  }
  const figure = figures.get(plot);
  if (!figure) return;
  const format = button.dataset.image;
  const theme = root.dataset.theme;
  root.dataset.theme = "light";
  const data = themed(figure.data);
  const layout = { ...fitted(themed(figure.layout), plot), paper_bgcolor: "#fff", plot_bgcolor: "#fff" };
  root.dataset.theme = theme;
  const size = { width: layout.width, height: layout.height, scale: format === "png" ? 3 : 1 };
  const image = await window.Plotly.toImage({ data, layout, config }, { format, ...size });
  const name = [...location.pathname.split("/").filter(Boolean), plot.dataset.name].join("-");
  Object.assign(document.createElement("a"), { href: image, download: `${name}.${format}` }).click();
}
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-image]");
  if (button) save(button);
});

// Paper is white: charts are drawn again in the light theme's colours for as long as a print takes.
let shown;
addEventListener("beforeprint", () => {
  shown = root.dataset.theme;
  root.dataset.theme = "light";
  plotsIn(document).forEach(draw);
});
addEventListener("afterprint", () => {
  root.dataset.theme = shown;
  plotsIn(document).forEach(draw);
});
document.addEventListener("themechange", () => plotsIn(document).forEach(draw));
