// The list of combinations: filters by device, verdict and case, a hundred to a page.
"use strict";

(() => {
  const PAGE = 100;
  const FIRST_BAD = 3;
  const { element, name, number, option } = harness;
  const control = (id) => document.getElementById(id);
  let run;
  let found = [];
  let page = 0;
  let search = 0;

  harness.start(async () => {
    run = await harness.load("run");
    fillControls();
    readSettings();
    control("controls").hidden = false;
    control("controls").addEventListener("change", (event) => {
      if (event.target.id === "number") open(event.target.value);
      else find();
    });
    control("controls").addEventListener("reset", () => setTimeout(find));
    control("controls").addEventListener("submit", (event) => {
      event.preventDefault();
      if (control("number").value !== "") open(control("number").value);
    });
    control("previous").addEventListener("click", () => show(page - 1));
    control("next").addEventListener("click", () => show(page + 1));
    window.addEventListener("hashchange", () => { readSettings(); find(); });
    await find();
  });

  function open(value) {
    if (/^\d+$/.test(value) && Number(value) < run.homes) location.href = "combination.html#" + Number(value);
    else say("There is no combination " + value + "; the last is " + (run.homes - 1) + ".");
  }

  function fillControls() {
    const verdict = control("verdict");
    verdict.append(option("", "did not pass", true), option("any", "any"));
    run.looks.forEach((look, rank) => verdict.append(option(rank, look.symbol + " " + look.word)));
    control("case").append(option("", "any", true));
    run.cases.forEach((entry, index) => { if (entry.bad) control("case").append(option(index, entry.id)); });
    run.factors.forEach((factor, index) => {
      const select = element("select", { id: "f" + index });
      select.append(option("", "any", true));
      factor.levels.forEach((level, number) => select.append(option(number, level.label)));
      const label = element("label", { for: "f" + index }, name(factor.title));
      control("case").parentElement.before(element("div", null, label, select));
    });
  }

  function selects() {
    return [...control("controls").querySelectorAll("select")];
  }

  function readSettings() {
    const kept = harness.settings();
    for (const select of selects()) {
      const wanted = kept.get(select.id) || "";
      select.value = [...select.options].some((entry) => entry.value === wanted) ? wanted : "";
    }
  }

  async function find() {
    const mine = (search += 1);
    harness.keepSettings(Object.fromEntries(selects().map((select) => [select.id, select.value])));
    const verdict = control("verdict").value;
    const chosen = control("case").value;
    const wanted = run.factors.map((factor, index) => [index, control("f" + index).value])
      .filter(([, value]) => value !== "").map(([index, value]) => [index, Number(value)]);
    const keep = (rank) => verdict === "any" || (verdict === "" ? rank >= FIRST_BAD : rank === Number(verdict));
    const rankOf = new Map(run.looks.map((look, rank) => [look.code, rank]));
    const result = [];
    for (let start = 0, index = 0; start < run.homes; start += run.shard, index += 1) {
      const shard = await homes.shard(index);
      const ofCase = chosen === "" ? null : await homes.verdictOf(run, Number(chosen), index);
      if (mine !== search) return;
      for (let within = 0; within < shard.count; within += 1) {
        if (!wanted.every(([factor, level]) => shard.levels[factor * shard.count + within] === level)) continue;
        if (keep(ofCase ? rankOf.get(ofCase(within)) : shard.worst[within])) result.push(start + within);
      }
      say("Looking… " + number(result.length) + " so far");
      await new Promise((resolve) => setTimeout(resolve));
    }
    if (mine !== search) return;
    found = result;
    say(number(found.length) + " of " + number(run.homes) + " combinations");
    await show(0);
  }

  async function show(wanted) {
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    page = Math.min(Math.max(wanted, 0), last);
    const head = element("tr", null, element("th", { scope: "col", class: "n" }, "Number"),
      element("th", { scope: "col" }, "Worst verdict"), element("th", { scope: "col", class: "n" }, "Cases not passed"));
    for (const factor of run.factors) head.append(element("th", { scope: "col" }, name(factor.title)));
    const body = element("tbody");
    for (const index of found.slice(page * PAGE, (page + 1) * PAGE)) body.append(await line(index));
    const from = page * PAGE + 1;
    const text = found.length ? number(from) + " to " + number(from + body.rows.length - 1) + " of " + number(found.length) : "none";
    const caption = element("caption", null, "Combinations that match: " + text);
    control("list").replaceChildren(element("table", null, caption, element("thead", null, head), body));
    control("pager").hidden = last === 0;
    control("previous").disabled = page === 0;
    control("next").disabled = page === last;
    control("page").textContent = "Page " + number(page + 1) + " of " + number(last + 1);
  }

  async function line(index) {
    const shard = await homes.shard(Math.floor(index / run.shard));
    const within = index % run.shard;
    const link = element("a", { href: "combination.html#" + index, class: "id" }, String(index));
    const made = element("tr", null, element("th", { scope: "row", class: "n" }, link),
      element("td", null, harness.badge(run.looks[shard.worst[within]])),
      element("td", { class: "n" }, number(shard.bad[within])));
    run.factors.forEach((factor, position) => {
      const level = factor.levels[shard.levels[position * shard.count + within]];
      made.append(element("td", null, element("a", { href: level.path }, name(level.label))));
    });
    return made;
  }

  function say(text) {
    document.querySelector("[data-status]").textContent = text;
  }
})();
