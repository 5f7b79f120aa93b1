"use strict";
// Tells screen readers and tabs which language is shown. Without it, the page still switches and can be read.
for (const choice of document.querySelectorAll("input[name=language]")) {
  choice.addEventListener("change", () => {
    document.documentElement.lang = choice.value;
    const parts = [...document.querySelectorAll("[data-title]")].map((each) => each.innerText.trim());
    if (parts.length) document.title = parts.join(" · ");
  });
}
