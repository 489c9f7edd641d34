// The trade list: heads sort, numbers show the trade on the chart.
const sortKey = (text) => {
  const plain = text.replace(/[$,%+\s]/g, "").replace("−", "-");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
};

const byCell = (column, way) => (a, b) => {
  const [left, right] = [a, b].map((row) => row.cells[column].textContent);
  const [x, y] = [sortKey(left), sortKey(right)];
  if (x !== null && y !== null) return way * (x - y);
  if (x !== null || y !== null) return x === null ? 1 : -1; // what is unknown comes last
  return way * left.localeCompare(right);
};

const makeSortable = (table) => {
  const heads = findAll("thead th", table);
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const way = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      body.append(...[...body.rows].sort(byCell(column, way)));
    });
  });
  heads[0].setAttribute("aria-sort", "descending");
};

const makeNumbersShow = (table, show) => {
  for (const row of table.tBodies[0].rows) {
    const button = document.createElement("button");
    const number = row.cells[0].textContent;
    button.type = "button";
    button.textContent = number;
    button.setAttribute("aria-label", `Show trade ${number} on the chart`);
    button.addEventListener("click", () => show(Number(number) - 1));
    row.cells[0].replaceChildren(button);
  }
};
