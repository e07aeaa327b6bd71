"use strict";
// Tables that are sorted, filtered and turned page by page: rows live in typed columns, and only one page of them in the
// document, so that 10^5 rows are as quick as ten.
const PAGE = 50;
const COMPARISON = /^(\w+)(<=|>=|=|<|>)(.+)$/;

function comparisonOf(term, data) {
  const parts = COMPARISON.exec(term);
  if (!parts || !(parts[1] in data) || !Number.isFinite(Number(parts[3]))) return null;
  const [, key, sign, text] = parts;
  const column = data[key], value = Number(text);
  return {
    "<=": (i) => column[i] !== null && column[i] <= value, ">=": (i) => column[i] !== null && column[i] >= value,
    "<": (i) => column[i] !== null && column[i] < value, ">": (i) => column[i] !== null && column[i] > value,
    "=": (i) => column[i] !== null && Number(column[i]) === value,
  }[sign];
}

// A term is a comparison with a column, a number (which the first column must equal), or a text that some column holds.
function conditionOf(term, columns, data) {
  const comparison = comparisonOf(term, data);
  if (comparison) return comparison;
  const first = data[columns[0].key];
  if (Number.isFinite(Number(term)) && typeof first[0] === "number") return (i) => first[i] === Number(term);
  const wanted = term.toLowerCase();
  const texts = columns.map((column) => data[column.key]).filter((column) => typeof column[0] === "string");
  return (i) => texts.some((column) => column[i].toLowerCase().includes(wanted));
}

function dataTable(root) {
  const { columns, data, sort } = JSON.parse(root.querySelector("script[type='application/json']").textContent);
  const count = data[columns[0].key].length;
  const find = (selector) => root.querySelector(selector);
  const body = find("tbody"), filter = find("input[type='search']"), status = find(".status");
  const headers = [...root.querySelectorAll("th[data-key]")];
  let [key, direction] = sort, rows = [], page = 0;

  function select() {
    const terms = filter.value.trim().split(/\s+/).filter(Boolean);
    const conditions = terms.map((term) => conditionOf(term, columns, data));
    rows = [];
    for (let i = 0; i < count; i++) if (conditions.every((holds) => holds(i))) rows.push(i);
    const column = data[key], sign = direction === "ascending" ? 1 : -1;
    const compare = typeof column.find((x) => x !== null) === "string"
      ? (x, y) => x.localeCompare(y, "en", { numeric: true }) : (x, y) => x - y;
    // what is not known comes last, and equals keep the order of their numbers
    rows.sort((i, j) => (column[i] === null) - (column[j] === null)
      || (column[i] === null ? 0 : sign * compare(column[i], column[j])) || i - j);
    page = 0;
    show();
  }

  function cellOf(value) {
    const cell = document.createElement("td");
    if (typeof value !== "string") cell.className = "number";
    cell.textContent = value === null ? "\u2013" : String(value);
    return cell;
  }

  function show() {
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    const shown = rows.slice(page * PAGE, (page + 1) * PAGE);
    body.replaceChildren(...shown.map((i) => {
      const row = document.createElement("tr");
      row.append(...columns.map((column) => cellOf(data[column.key][i])));
      row.dataset.index = i;
      return row;
    }));
    for (const header of headers) {
      if (header.dataset.key === key) header.setAttribute("aria-sort", direction);
      else header.removeAttribute("aria-sort");
    }
    const range = shown.length ? `${page * PAGE + 1}\u2013${page * PAGE + shown.length}` : "none";
    status.textContent = `${range} of ${rows.length}` + (rows.length < count ? ` (${count} in all)` : "");
    for (const button of root.querySelectorAll(".pager button")) {
      const back = button.dataset.step === "first" || button.dataset.step === "back";
      button.disabled = back ? page === 0 : page === pages - 1;
    }
  }

  for (const header of headers) {
    header.querySelector("button").addEventListener("click", () => {
      const same = header.dataset.key === key;
      direction = same && direction === "descending" ? "ascending" : "descending";
      key = header.dataset.key;
      select();
    });
  }
  root.querySelector(".pager").addEventListener("click", (event) => {
    const steps = { first: 0, back: page - 1, on: page + 1, last: Infinity };
    const step = event.target.dataset.step;
    if (step) { page = steps[step]; show(); }
  });
  filter.addEventListener("input", select);
  select();
}

for (const root of document.querySelectorAll(".data-table")) dataTable(root);
