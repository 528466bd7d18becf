// The matrix of runs × problems: names the cell under the pointer or the keyboard's cursor, and opens it.
// The picture holds no numbers; they are fetched when somebody first points at it.
const numbers = new WeakMap();
const cursors = new WeakMap();
const matrixOf = (element) => element.closest?.("[data-matrix]");

function numbersOf(matrix) {
  if (!numbers.has(matrix)) {
    const answer = fetch(matrix.dataset.matrix).then((response) => {
      if (!response.ok) throw new Error(`the numbers did not load (${response.status})`);
      return response.json();
    });
    answer.catch(() => numbers.delete(matrix)); // asked for again at the next touch
    numbers.set(matrix, answer);
  }
  return numbers.get(matrix);
}

const sizeOf = (matrix) => ({ rows: Number(matrix.dataset.rows), columns: Number(matrix.dataset.columns) });
const within = (value, count) => Math.min(Math.max(value, 0), count - 1);

function cellAt(matrix, { clientX, clientY }) {
  const { rows, columns } = sizeOf(matrix);
  const frame = matrix.querySelector(".cells").getBoundingClientRect();
  const row = Math.floor(((clientY - frame.top) / frame.height) * rows);
  const column = Math.floor(((clientX - frame.left) / frame.width) * columns);
  return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : null;
}

function told({ runs, problems, n, c }, { row, column }) {
  const [, model, temperature] = runs[row];
  const [task, entry] = problems[column];
  const drawn = Array.isArray(n[row]) ? n[row][column] : n[row];
  const passed = c[row][column];
  const share = drawn ? `${passed} of ${drawn} pass, ${((100 * passed) / drawn).toFixed(1)} %` : "no samples";
  return `${share}\n${task} ${entry}\n${model}, T ${temperature}`;
}

// Where a cell lies in the field, in pixels.
function placeOf(matrix, { row, column }) {
  const { rows, columns } = sizeOf(matrix);
  const cells = matrix.querySelector(".cells").getBoundingClientRect();
  const field = matrix.querySelector(".field").getBoundingClientRect();
  const [width, height] = [cells.width / columns, cells.height / rows];
  const [left, top] = [cells.left - field.left + column * width, cells.top - field.top + row * height];
  return { left, top, width, height, field };
}

function mark(matrix, cell) {
  const at = matrix.querySelector(".at");
  const { left, top, width, height } = placeOf(matrix, cell);
  for (const [name, pixels] of Object.entries({ left, top, width, height })) at.style[name] = `${pixels}px`;
  at.hidden = false;
}

function place(matrix, cell) {
  const { left, top, width, height, field } = placeOf(matrix, cell);
  const tip = matrix.querySelector(".tip");
  const inSight = Math.min(field.right, matrix.getBoundingClientRect().right) - field.left;
  const after = left + width + 12;
  const before = Math.max(0, left - tip.offsetWidth - 12);
  tip.style.left = `${after + tip.offsetWidth < inSight ? after : before}px`;
  tip.style.top = `${Math.min(top + height + 4, field.height - tip.offsetHeight)}px`;
}

async function point(matrix, cell, aloud) {
  cursors.set(matrix, cell);
  mark(matrix, cell);
  matrix.querySelector(".labels .here")?.classList.remove("here");
  matrix.querySelectorAll(".labels li")[cell.row]?.classList.add("here");
  const tip = matrix.querySelector(".tip");
  let text;
  try {
    text = told(await numbersOf(matrix), cell);
  } catch (error) {
    text = `Not known: ${error.message}.`;
  }
  if (cursors.get(matrix) !== cell) return; // the reader has moved on
  tip.textContent = text;
  tip.hidden = false;
  place(matrix, cell);
  const says = document.getElementById("matrix-says");
  if (aloud && says) says.textContent = text.replaceAll("\n", ", ");
}

function leave(matrix) {
  cursors.delete(matrix);
  matrix.querySelector(".tip").hidden = true;
  matrix.querySelector(".at").hidden = true;
  matrix.querySelector(".labels .here")?.classList.remove("here");
}

async function open(matrix, cell, { ctrlKey, metaKey, button }) {
  const { runs, problems } = await numbersOf(matrix);
  const task = problems[cell.column][0].split("/").map(encodeURIComponent).join("/");
  const address = `/runs/${runs[cell.row][0]}/problems/${task}/`;
  if (ctrlKey || metaKey || button === 1) window.open(address, "_blank", "noopener");
  else location.assign(address);
}

const steps = {
  ArrowLeft: (cell) => ({ ...cell, column: cell.column - 1 }),
  ArrowRight: (cell) => ({ ...cell, column: cell.column + 1 }),
  ArrowUp: (cell) => ({ ...cell, row: cell.row - 1 }),
  ArrowDown: (cell) => ({ ...cell, row: cell.row + 1 }),
  PageUp: (cell) => ({ ...cell, row: cell.row - 10 }),
  PageDown: (cell) => ({ ...cell, row: cell.row + 10 }),
  Home: (cell) => ({ ...cell, column: 0 }),
  End: (cell) => ({ ...cell, column: Infinity }),
};

document.addEventListener("pointermove", (event) => {
  const matrix = event.target.closest?.(".field") && matrixOf(event.target);
  const cell = matrix && cellAt(matrix, event);
  const before = matrix && cursors.get(matrix);
  if (cell && (cell.row !== before?.row || cell.column !== before?.column)) point(matrix, cell, false);
});
document.addEventListener("pointerout", (event) => {
  const field = event.target.closest?.(".field");
  if (field && !field.contains(event.relatedTarget) && document.activeElement !== field) leave(matrixOf(field));
});
for (const name of ["click", "auxclick"]) {
  document.addEventListener(name, (event) => {
    const matrix = event.target.closest?.(".field") && matrixOf(event.target);
    const cell = matrix && event.button < 2 && cellAt(matrix, event);
    if (cell) open(matrix, cell, event);
  });
}
document.addEventListener("focusin", ({ target }) => {
  const matrix = target.matches(".field") && matrixOf(target);
  if (matrix && !cursors.get(matrix) && target.matches(":focus-visible")) point(matrix, { row: 0, column: 0 }, true);
});
document.addEventListener("focusout", ({ target }) => {
  if (target.matches(".field") && matrixOf(target)) leave(matrixOf(target));
});
document.addEventListener("keydown", (event) => {
  const matrix = event.target.matches(".field") && matrixOf(event.target);
  if (!matrix || event.ctrlKey || event.metaKey || event.altKey) return;
  const cell = cursors.get(matrix) ?? { row: 0, column: 0 };
  if (event.key === "Enter") open(matrix, cell, event);
  else if (event.key === "Escape") event.target.blur();
  else if (steps[event.key]) {
    const { rows, columns } = sizeOf(matrix);
    const { row, column } = steps[event.key](cell);
    point(matrix, { row: within(row, rows), column: within(column, columns) }, true);
  } else return;
  event.preventDefault();
});
