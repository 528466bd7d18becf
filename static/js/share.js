// Takes a view along: its link, its citation, and files of tables that the server has no file of.
// Buttons: data-copy-link; data-copy-text (of the element before it); data-table="csv|json|tex" (of the table before it).
async function copy(button, text, selectable) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // No clipboard outside of https and localhost: what is selected can be copied by the keyboard.
    if (selectable) getSelection().selectAllChildren(selectable);
    button.textContent = selectable ? "Selected: press Ctrl C" : "Copy it from the address bar";
  }
  setTimeout(() => (button.textContent = label), 2000);
}

// The text of a cell as it is read: its pieces apart, but for the decimals of a figure; without help buttons,
// and of pictures their description.
function textOf(cell) {
  const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
  const pieces = [];
  while (walker.nextNode()) {
    const { parentElement: around, data } = walker.currentNode;
    if (!around.closest("button, svg")) pieces.push(around.classList.contains("part") ? "" : " ", data);
  }
  for (const picture of cell.querySelectorAll("svg[aria-label]")) pieces.push(" ", picture.getAttribute("aria-label"));
  return pieces.join("").replace(/\s+/g, " ").replaceAll(" ,", ",").trim();
}

// Rows of a single cell are headings of groups, or remarks about the row above them.
function cellsOf(table) {
  const rows = [...table.rows].filter((row) => row.cells.length > 1);
  return rows.map((row) => [...row.cells].map(textOf));
}

const harmless = (text) => (/^[=+@\t\r]|^-(?!\d)/.test(text) ? `'${text}` : text);
const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const escapes = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}", "<": "\\textless{}", ">": "\\textgreater{}", "|": "\\textbar{}", "±": "$\\pm$", "≥": "$\\geq$", "−": "$-$", "≤": "$\\leq$", "→": "$\\to$", "∞": "$\\infty$" };
const escaped = (text) => text.replace(/[&%$#_{}\\~^<>|±≥≤−→∞]/g, (sign) => escapes[sign] ?? `\\${sign}`);

const writers = {
  csv: ([head, ...rows]) => [head, ...rows.map((row) => row.map(harmless))].map((row) => row.map(quoted).join(",")).join("\r\n"),
  json: ([head, ...rows]) => JSON.stringify(rows.map((row) => Object.fromEntries(row.map((text, place) => [head[place], text]))), null, 1),
  tex: ([head, ...rows], { name, title }) =>
    [
      "% Needs \\usepackage{booktabs} and \\usepackage{hyperref}.",
      "\\begin{table}",
      "  \\centering",
      `  \\caption{${escaped(title)}. From \\url{${location.href.replace(/[%#&]/g, "\\$&")}}, ${new Date().toISOString().slice(0, 10)}.}`,
      `  \\label{tab:${name}}`,
      `  \\begin{tabular}{l${"r".repeat(head.length - 1)}}`,
      "    \\toprule",
      `    ${head.map(escaped).join(" & ")} \\\\`,
      "    \\midrule",
      ...rows.map((row) => `    ${row.map(escaped).join(" & ")} \\\\`),
      "    \\bottomrule",
      "  \\end{tabular}",
      "\\end{table}",
      "",
    ].join("\n"),
};
const kinds = { csv: "text/csv", json: "application/json", tex: "application/x-tex" };

function save(name, body, kind) {
  const address = URL.createObjectURL(new Blob([body], { type: `${kind};charset=utf-8` }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function saveTable(button) {
  const form = button.dataset.table;
  const tables = [...document.querySelectorAll("table")];
  const table = tables.findLast((table) => table.compareDocumentPosition(button) & Node.DOCUMENT_POSITION_FOLLOWING);
  const about = button.closest("[data-title]").dataset;
  const name = [...location.pathname.split("/").filter(Boolean), about.name].join("-");
  save(`${name}.${form}`, writers[form](cellsOf(table), about), kinds[form]);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-copy-link], [data-copy-text], [data-table]");
  if (!button) return;
  if (button.dataset.table) saveTable(button);
  else if ("copyLink" in button.dataset) copy(button, location.href, null);
  else copy(button, button.previousElementSibling.textContent, button.previousElementSibling);
});
