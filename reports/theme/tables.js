// Tables that can be long get a filter and sortable columns. Without scripts they are plain tables.
"use strict";

(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.value !== undefined ? Number(cell.dataset.value) : cell.textContent.trim();
  };

  function compare(a, b) {
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en-GB");
  }

  function sortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (!head.hasAttribute("data-sort")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const ascending = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => compare(value(a, column), value(b, column)) * (ascending ? 1 : -1));
        table.tBodies[0].append(...rows);
      });
    });
  }

  function filterable(controls) {
    const input = controls.querySelector("input[type=search]");
    const onlyBad = controls.querySelector("input[type=checkbox]");
    const status = controls.querySelector("[data-count]");
    const tables = [...document.querySelectorAll("table[data-filtered]")];
    const apply = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      let all = 0;
      for (const table of tables) {
        for (const row of table.tBodies[0].rows) {
          const text = row.textContent.toLowerCase();
          const keep = words.every((word) => text.includes(word)) && !(onlyBad.checked && !row.hasAttribute("data-bad"));
          row.hidden = !keep;
          shown += keep;
          all += 1;
        }
      }
      status.textContent = shown.toLocaleString("en-GB") + " of " + all.toLocaleString("en-GB") + " shown";
    };
    controls.hidden = false;
    input.addEventListener("input", apply);
    onlyBad.addEventListener("change", apply);
    apply();
  }

  document.querySelectorAll("table[data-filtered]").forEach(sortable);
  document.querySelectorAll("[data-filter]").forEach(filterable);
})();
