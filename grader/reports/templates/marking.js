"use strict";
// Counts what is marked, keeps it in the browser until it is saved, and gives a CSV file back.
{
  const form = document.querySelector(".marking");
  const answers = [...form.querySelectorAll(".answer")];
  const most = Number(form.dataset.max);
  const field = (answer) => answer.querySelector(".points");
  const comment = (answer) => answer.querySelector("textarea");
  const number = (text) => (/^(\d+([.,]\d*)?|[.,]\d+)$/.test(text) ? Number(text.replace(",", ".")) : NaN);
  const isRight = (text) => text === "" || (number(text) <= most);

  const count = () => {
    form.querySelector(".done").textContent = answers.filter((each) => field(each).value.trim() !== "").length;
    for (const each of answers) field(each).setCustomValidity(isRight(field(each).value.trim()) ? "" : `0 – ${most}`);
  };
  const base = (answer) => `${field(answer).defaultValue}\n${comment(answer).defaultValue}`;
  const keep = () => {
    const kept = answers.map((each) => [each.dataset.key, base(each), field(each).value, comment(each).value]);
    try { localStorage.setItem(form.dataset.storage, JSON.stringify(kept)); } catch { /* then only the file keeps it */ }
  };
  try {
    const kept = JSON.parse(localStorage.getItem(form.dataset.storage) || "[]");
    for (const [key, before, points, words] of kept) {
      const answer = answers.find((each) => each.dataset.key === key);
      if (!answer || base(answer) !== before) continue; // what was read in since then counts
      field(answer).value = points;
      comment(answer).value = words;
    }
  } catch { /* nothing is kept */ }

  form.addEventListener("input", (event) => {
    const answer = event.target.closest(".answer");
    if (answer && event.target.type === "checkbox") {
      const boxes = [...answer.querySelectorAll("[type=checkbox]:checked")];
      const sum = boxes.reduce((total, each) => total + Number(each.value), 0);
      field(answer).value = String(Math.min(most, Number(sum.toFixed(6))));
    }
    count();
    keep();
  });
  form.querySelector(".zeros").addEventListener("click", () => {
    for (const each of answers) if ("empty" in each.dataset && field(each).value.trim() === "") field(each).value = "0";
    count();
    keep();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const cell = (text) => `"${text.replaceAll('"', '""')}"`;
    const rows = answers.map((each) => [each.dataset.key, field(each).value.trim(), comment(each).value.trim()]);
    const lines = ["key,points,comment", ...rows.map((row) => row.map(cell).join(","))];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`\ufeff${lines.join("\n")}\n`], { type: "text/csv" }));
    link.download = form.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  count();
}
