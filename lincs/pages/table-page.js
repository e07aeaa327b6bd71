"use strict";
// The page of the table: a cell is chosen in the grid, in the list, or by m and delta; what is behind it is shown below.
const CELLS = JSON.parse(document.getElementById("cells").textContent);

function element(tag, text, ...children) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  made.append(...children);
  return made;
}

function side(title, bound, more) {
  const params = Object.entries(bound.params).map(([name, value]) => `${name} = ${value}`).join(", ");
  const facts = [["theorem", `${bound.theorem}${params ? ` (${params})` : ""}`], ["", bound.title + "."],
    ["statement", bound.statement], ["sources", bound.sources.join(", ") || "none needed"], ["proof", bound.proof],
    ...more];
  const list = element("dl", null);
  for (const [name, value] of facts) list.append(element("dt", name), element("dd", value));
  return element("div", null, element("h3", title), list);
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {  // no permission, or not a secure page
    const field = element("textarea", text);
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

function command(what, text) {
  const button = element("button", "Copy");
  button.type = "button";
  button.className = "copy";
  button.setAttribute("aria-label", `Copy the command that ${what}`);
  button.addEventListener("click", () => copy(text, button));
  return element("div", null, element("p", `This ${what}:`), element("pre", null, element("code", text)), button);
}

function choose(index) {
  const cell = CELLS[index], { lower, upper } = cell;
  for (const button of document.querySelectorAll(".cell")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.index) === index));
  }
  document.getElementById("detail-title").textContent = `m = ${cell.m_text}, \u03b4 = ${cell.delta}: `
    + (cell.exact ? `D = ${lower.d} exactly` : `${lower.d} \u2264 D \u2264 ${upper.d}`);
  const more = [];
  if (upper.error) more.push(["error", upper.error.exact ?? `at most ${upper.error.upper}`]);
  if (upper.capacity) more.push(["room for", `${upper.capacity} features`]);
  document.querySelector("#detail .sides").replaceChildren(
    side(`At least ${lower.d}`, lower, []), side(`${upper.d} are enough`, upper, more));
  const published = cell.published;
  document.querySelector("#detail .commands").replaceChildren(
    element("p", `Ratio at most ${(Math.ceil(cell.ratio * 1000) / 1000).toFixed(3)}; the published argument: `
      + `${published.lower} to ${published.upper}, a ratio of ${Math.floor(published.ratio)}.`),
    ...(cell.commands.length ? cell.commands.map((one) => command(one.what, one.command))
      : [element("p", "This bound is one of existence: there is no matrix to write.")]),
    command("writes both sides as a file for lincs check", cell.check));
}

// A number as it may be typed: 24576, 1e6, 10^6, 0.05, 1/20.
function numberOf(text) {
  const plain = text.trim().replaceAll(",", "");
  const power = /^(?:(\d+)\*)?10\^(\d+)$/.exec(plain), quotient = /^([\d.e+-]+)\/([\d.e+-]+)$/.exec(plain);
  if (power) return Number(power[1] ?? 1) * 10 ** Number(power[2]);
  if (quotient) return Number(quotient[1]) / Number(quotient[2]);
  return plain === "" ? NaN : Number(plain);
}

// D does not decrease in m and does not increase in delta: cells on either side bound any place between them.
function find() {
  const m = numberOf(document.getElementById("find-m").value);
  const delta = numberOf(document.getElementById("find-delta").value);
  const found = document.getElementById("found");
  if (!(m >= 1 && Number.isFinite(m)) || !(delta > 0 && delta <= 1)) { found.textContent = ""; return; }
  let above = -1, below = -1;
  CELLS.forEach((cell, i) => {
    const size = Number(cell.m), tolerance = numberOf(cell.delta);
    if (size >= m && tolerance <= delta && (above < 0 || cell.upper.d < CELLS[above].upper.d)) above = i;
    if (size <= m && tolerance >= delta && (below < 0 || cell.lower.d > CELLS[below].lower.d)) below = i;
  });
  const parts = [];
  if (below >= 0) parts.push(`at least ${CELLS[below].lower.d}, by the cell m = ${CELLS[below].m_text}, \u03b4 = ${CELLS[below].delta}`);
  if (above >= 0) parts.push(`at most ${CELLS[above].upper.d}, by the cell m = ${CELLS[above].m_text}, \u03b4 = ${CELLS[above].delta}`);
  const direct = `lincs bounds -m ${document.getElementById("find-m").value.trim()} -k 1 --eps ${document.getElementById("find-delta").value.trim()}`;
  const is_cell = above >= 0 && above === below;
  found.textContent = is_cell ? "This is a cell of the table, shown below."
    : `D is ${parts.join("; ") || "not bounded by any cell"}. Not a cell of its own: ${direct} says more.`;
  if (above >= 0) choose(above);
}

for (const id of ["find-m", "find-delta"]) document.getElementById(id).addEventListener("input", find);
document.getElementById("grid").addEventListener("click", (event) => {
  const button = event.target.closest(".cell");
  if (button) choose(Number(button.dataset.index));
});
document.querySelector("#listing tbody").addEventListener("click", (event) => {
  const row = event.target.closest("tr");
  if (!row) return;
  choose(Number(row.dataset.index));
  document.getElementById("detail-title").focus();
});
choose(0);
