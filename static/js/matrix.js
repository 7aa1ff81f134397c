// A table whose cells are links (data-matrix, data-cell): one of them is reached by Tab, the arrow keys go from cell to
// cell, Home and End along a row. Without this every cell is reached by Tab.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity] };

export function walkMatrices() {
  for (const table of document.querySelectorAll("[data-matrix]")) walk(table);
}

function walk(table) {
  const rows = [...table.rows].map((row) => [...row.querySelectorAll("[data-cell]")]).filter((cells) => cells.length);
  if (!rows.length) return;
  const cells = rows.flat();
  const asked = document.getElementById(location.hash.slice(1));
  const current = table.querySelector("[data-cell][aria-current]") ?? (cells.includes(asked) ? asked : cells[0]);
  for (const cell of cells) cell.tabIndex = cell === current ? 0 : -1;
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const next = neighbour(rows, event.target, step);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  table.addEventListener("focusin", (event) => {
    if (!cells.includes(event.target)) return;
    for (const cell of cells) cell.tabIndex = cell === event.target ? 0 : -1;
  });
}

function neighbour(rows, cell, [down, across]) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  if (row < 0) return null;
  const target = rows[Math.min(Math.max(row + down, 0), rows.length - 1)];
  const place = rows[row].indexOf(cell) + across;
  return target[Math.min(Math.max(place, 0), target.length - 1)];
}
