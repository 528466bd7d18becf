// Faults of the page that is open, as a list of sentences. Evaluated in the page by page_checks.py.
() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const brief = (element) => element.outerHTML.slice(0, 120).replace(/\s+/g, " ");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const named = (element) =>
    (element.getAttribute("aria-label") || element.getAttribute("title") || element.textContent || "").trim() ||
    (element.getAttribute("aria-labelledby") || "").split(" ").some((id) => document.getElementById(id)) ||
    element.querySelector("img[alt]:not([alt='']), svg title");

  if (!document.documentElement.lang) faults.push("the page names no language");
  if (!document.title.trim()) faults.push("the page has no title");
  if (all("h1").length !== 1) faults.push(`the page has ${all("h1").length} h1`);
  if (all("main").length !== 1) faults.push(`the page has ${all("main").length} main`);

  const levels = all("h1, h2, h3, h4, h5, h6").map((heading) => Number(heading.tagName[1]));
  levels.forEach((level, index) => {
    if (index && level > levels[index - 1] + 1) faults.push(`an h${level} follows an h${levels[index - 1]}`);
  });
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, index) => ids.indexOf(id) !== index))) faults.push(`id ${id} twice`);
  for (const image of all("img:not([alt])")) faults.push(`no alt: ${brief(image)}`);
  for (const element of all("a[href], button")) if (!named(element)) faults.push(`no name: ${brief(element)}`);
  for (const field of all("input:not([type=hidden]), select, textarea"))
    if (!field.labels?.length && !named(field)) faults.push(`no label: ${brief(field)}`);
  for (const table of all("table")) {
    if (!table.querySelector("th")) faults.push(`a table without headers: ${brief(table)}`);
    if (table.tHead && !table.caption) faults.push(`a table without caption: ${brief(table)}`);
  }
  for (const region of all("main *")) {
    const scrolls = region.scrollWidth > region.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(region).overflowX);
    if (scrolls && region.tabIndex < 0 && !region.querySelector("a, button, input"))
      faults.push(`scrolls sideways, and the keyboard can't reach it: ${brief(region)}`);
  }
  for (const element of document.querySelectorAll("[aria-describedby], [aria-labelledby], [aria-controls], [for]"))
    for (const name of ["aria-describedby", "aria-labelledby", "aria-controls", "for"])
      for (const id of (element.getAttribute(name) || "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) faults.push(`${name} points to no element: ${brief(element)}`);

  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width) {
    const inBox = (element) => element.parentElement?.closest(".scroll, pre, [tabindex='0']");
    const wide = all("body *").filter((element) => element.getBoundingClientRect().right > width + 1 && !inBox(element));
    faults.push(`wider than its ${width} px window: ${wide.slice(0, 3).map(brief).join(" | ")}`);
  }

  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const pixel = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const over = (front, back) => front.slice(0, 3).map((value, i) => (value * front[3] + back[i] * (255 - front[3])) / 255);
  const background = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(pixel(getComputedStyle(at).backgroundColor));
    const canvas = getComputedStyle(document.documentElement).colorScheme === "dark" ? [18, 18, 18] : [255, 255, 255];
    return layers.reverse().reduce((below, layer) => over(layer, below), canvas);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((value) => value / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const pale = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !shown(element) || element.closest("svg, script, option, [disabled]")) continue;
    const style = getComputedStyle(element);
    if (element.getBoundingClientRect().width <= 1) continue; // for screen readers only
    const back = background(element);
    const [low, high] = [luminance(over(pixel(style.color), back)), luminance(back)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.6 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5) - 0.01) pale.add(`contrast ${ratio.toFixed(2)}: ${style.color} on ${back.map(Math.round)}, ${brief(element)}`);
  }
  return [...faults, ...[...pale].slice(0, 10)];
}
