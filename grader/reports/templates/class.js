"use strict";
// Sorts tables by a column and narrows one to names. Without it, everything is there to be read.
const shownText = (element) => element.innerText.trim();
const numberIn = (cell) => { const value = parseFloat(shownText(cell)); return Number.isNaN(value) ? -Infinity : value; };
const order = new Intl.Collator(undefined, { numeric: true });

function sortBy(table, heading, index) {
  const descending = heading.ariaSort === (index ? "descending" : "ascending") ? !index : !!index;
  const sign = descending ? -1 : 1;
  const compare = index
    ? (a, b) => sign * (numberIn(a.cells[index]) - numberIn(b.cells[index]) || 0)
    : (a, b) => sign * order.compare(shownText(a.cells[0]), shownText(b.cells[0]));
  for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
  heading.ariaSort = descending ? "descending" : "ascending";
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
}

for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((heading, index) => {
    if (heading.tagName !== "TH") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(table, heading, index));
  });
}

for (const section of document.querySelectorAll(".filtered")) {
  const find = section.querySelector(".find"), input = find.querySelector("input"), rows = section.querySelector("tbody").rows;
  find.hidden = false;
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let count = 0;
    for (const row of rows) {
      row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
      count += row.hidden ? 0 : 1;
    }
    find.querySelector("[role=status]").textContent = wanted ? `${count} / ${rows.length}` : "";
  });
}
