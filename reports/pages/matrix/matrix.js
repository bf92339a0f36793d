// The heat map: one table of two factors, made from counts of homes (all cases, or one case that takes
// the whole home) or, for a case with few participants, from its own verdicts.
"use strict";

(() => {
  const RANKS = 6;
  const { element, name, number, share, option } = harness;
  const control = (id) => document.getElementById(id);
  let run;
  let pairs;

  harness.start(async () => {
    if (!control("controls")) return;
    run = await harness.load("run");
    pairs = await harness.load("pairs");
    fillControls();
    control("controls").hidden = false;
    control("controls").addEventListener("change", () => draw());
    control("controls").addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("hashchange", () => { readSettings(); draw(); });
    await draw();
  });

  function fillControls() {
    run.factors.forEach((factor, index) => {
      control("rows").append(option(index, factor.title));
      control("columns").append(option(index, factor.title));
    });
    control("measure").append(option("", "all cases"));
    const failing = run.cases.map((entry, index) => ({ entry, index })).filter(({ entry }) => entry.bad);
    for (const { entry, index } of failing) {
      if (run.measured.includes(index) || !groupOf(index).wide) control("measure").append(option(index, entry.id));
    }
    readSettings();
  }

  function readSettings() {
    const kept = harness.settings();
    const [first, second] = usualFactors();
    control("rows").value = kept.get("rows") || second;
    control("columns").value = kept.get("columns") || first;
    control("measure").value = kept.get("case") || "";
    control("failing").checked = kept.get("failing") === "1";
  }

  // Hub and electricity meter where there is a choice of them, else the first factors with a choice.
  function usualFactors() {
    const usual = ["comms_hub", "esme", "gsme", "ppmid"];
    const place = (index) => (usual.includes(run.factors[index].name) ? usual.indexOf(run.factors[index].name) : usual.length);
    const choice = (index) => run.factors[index].levels.length > 1;
    const all = run.factors.map((factor, index) => index);
    return all.sort((a, b) => choice(b) - choice(a) || place(a) - place(b) || a - b);
  }

  function groupOf(index) {
    return run.groups.find((group) => group.cases.includes(index));
  }

  async function draw() {
    const row = Number(control("rows").value);
    const column = Number(control("columns").value);
    const chosen = control("measure").value;
    harness.keepSettings({ rows: row, columns: column, case: chosen, failing: control("failing").checked ? 1 : "" });
    if (row === column) {
      control("map").replaceChildren();
      say("Choose two different factors.");
      return;
    }
    const measure = chosen === "" ? 0 : run.measured.indexOf(Number(chosen)) + 1;
    const counts = chosen === "" || measure > 0
      ? await countsOfPair(row, column, measure)
      : await countsOfCase(row, column, Number(chosen));
    show(row, column, counts, chosen);
  }

  // A function (row level, column level) -> counts by rank.
  async function countsOfPair(row, column, measure) {
    const pair = pairs.find(({ factors: [a, b] }) => (a === row && b === column) || (a === column && b === row));
    const counts = await harness.unpack(pair.counts, Uint32Array);
    const [a, b] = pair.factors.map((factor) => run.factors[factor].levels.length);
    return (r, c) => {
      const place = ((measure * a + (pair.factors[0] === row ? r : c)) * b + (pair.factors[0] === row ? c : r)) * RANKS;
      return counts.subarray(place, place + RANKS);
    };
  }

  // The same from the tuples of one case. A factor that takes no part gives every level the same counts.
  async function countsOfCase(row, column, chosen) {
    const group = groupOf(chosen);
    const stored = await harness.load("group-" + run.groups.indexOf(group));
    const [levels, verdicts, homes] = await Promise.all([
      harness.unpack(stored.levels, Uint16Array),
      harness.unpack(stored.verdicts, Uint8Array),
      harness.unpack(stored.homes, Uint32Array),
    ]);
    const rankOf = new Map(run.looks.map((look, rank) => [look.code, rank]));
    const start = group.cases.indexOf(chosen) * stored.count;
    const found = new Map();
    const columnOf = (factor) => group.participants.indexOf(factor);
    const levelAt = (factor, tuple) => (columnOf(factor) < 0 ? -1 : levels[columnOf(factor) * stored.count + tuple]);
    for (let tuple = 0; tuple < stored.count; tuple += 1) {
      const key = levelAt(row, tuple) + "," + levelAt(column, tuple);
      if (!found.has(key)) found.set(key, new Array(RANKS).fill(0));
      found.get(key)[rankOf.get(verdicts[start + tuple])] += homes[tuple];
    }
    const none = new Array(RANKS).fill(0);
    return (r, c) => found.get((columnOf(row) < 0 ? -1 : r) + "," + (columnOf(column) < 0 ? -1 : c)) || none;
  }

  function show(row, column, counts, chosen) {
    const sum = (cell, from) => cell.slice(from).reduce((total, count) => total + count, 0);
    const indices = (factor) => run.factors[factor].levels.map((level, index) => index);
    const bad = (cell) => sum(cell, RANKS - 3);
    let rows = indices(row);
    let columns = indices(column);
    if (control("failing").checked) {
      rows = rows.filter((r) => columns.some((c) => bad(counts(r, c))));
      columns = columns.filter((c) => rows.some((r) => bad(counts(r, c))));
    }
    const table = element("table", null, caption(row, column, chosen), heading(row, column, columns));
    const body = element("tbody");
    for (const r of rows) {
      const label = run.factors[row].levels[r].label;
      const line = element("tr", null, element("th", { scope: "row", title: label }, name(label)));
      for (const c of columns) line.append(cellOf(row, column, r, c, counts(r, c), chosen));
      body.append(line);
    }
    table.append(body);
    control("map").replaceChildren(table);
    say(rows.length ? number(rows.length) + " × " + number(columns.length) + " devices" : "Nothing failed here.");
  }

  function caption(row, column, chosen) {
    const what = chosen === "" ? "all cases" : run.cases[Number(chosen)].id;
    const text = run.factors[row].title + " by " + run.factors[column].title + ": homes that did not pass, " + what;
    return element("caption", null, name(text));
  }

  function heading(row, column, columns) {
    const corner = element("span", null, run.factors[row].title + " ↓ " + run.factors[column].title + " →");
    const line = element("tr", null, element("th", { class: "corner", scope: "col" }, corner));
    for (const c of columns) {
      const label = run.factors[column].levels[c].label;
      line.append(element("th", { scope: "col", title: label }, element("span", null, name(label))));
    }
    return element("thead", null, line);
  }

  function cellOf(row, column, r, c, cell, chosen) {
    const total = cell.reduce((all, count) => all + count, 0);
    if (!total) return element("td", { class: "hx" }, element("span", { "aria-label": "no valid combination" }, ""));
    const bad = cell.slice(RANKS - 3).reduce((all, count) => all + count, 0);
    const [style, text] = looks(cell, bad, total);
    const words = [...cell]
      .map((count, rank) => (count ? run.looks[rank].word + " " + number(count) : ""))
      .filter(Boolean)
      .reverse()
      .join(", ");
    const title = number(total) + " homes: " + words;
    const verdict = bad ? "" : "&verdict=any";
    const only = chosen === "" ? "" : "&case=" + chosen;
    const href = "combinations.html#f" + row + "=" + r + "&f" + column + "=" + c + verdict + only;
    return element("td", { class: style }, element("a", { href, title, "aria-label": text + ". " + title }, text));
  }

  function looks(cell, bad, total) {
    if (bad) {
      const part = bad / total;
      const step = part === 1 ? 5 : part > 0.6 ? 4 : part > 0.3 ? 3 : part > 0.1 ? 2 : 1;
      return ["h" + step, "✗ " + share(bad, total)];
    }
    if (cell[2]) return ["hna", "·"];
    return cell[1] ? ["h0", "✓"] : ["hna", "–"];
  }

  function say(text) {
    document.querySelector("[data-status]").textContent = text;
  }
})();
