// One combination: its devices, what it inherits, and where the evidence is.
"use strict";

(() => {
  const FIRST_BAD = 3;
  const { element, name, number } = harness;
  const control = (id) => document.getElementById(id);
  let run;
  let evidence;

  harness.start(async () => {
    run = await harness.load("run");
    evidence = await harness.load("evidence");
    window.addEventListener("hashchange", () => harness.start(show));
    await show();
  });

  async function show() {
    const text = location.hash.slice(1) || "0";
    control("content").replaceChildren();
    if (!/^\d+$/.test(text) || Number(text) >= run.homes) {
      say("There is no combination of that number in this run: it has " + number(run.homes) + ", counted from 0.");
      return;
    }
    const index = Number(text);
    const shard = await homes.shard(Math.floor(index / run.shard));
    const within = index % run.shard;
    const home = run.factors.map((factor, position) => shard.levels[position * shard.count + within]);
    const verdicts = await homes.inherited(run, index, home);
    document.title = document.title.replace(/^Combination( \d+)?/, "Combination " + index);
    control("heading").textContent = "Combination " + index;
    const rankOf = new Map(run.looks.map((look, rank) => [look.code, rank]));
    const lines = verdicts
      .map((code, position) => ({ rank: rankOf.get(code), position }))
      .sort((a, b) => b.rank - a.rank || a.position - b.position);
    const failing = lines.filter((line) => line.rank >= FIRST_BAD);
    control("content").append(
      neighbours(index),
      element("h2", null, "Devices"),
      devices(home),
      element("h2", null, "Cases that did not pass here"),
      failing.length ? cases(failing, home, index, "Inherited from executions with the same devices") : element("p", null, "None."),
      everything(lines, home, index),
    );
    summary(run.looks[shard.worst[within]], lines);
  }

  function summary(look, lines) {
    const status = document.querySelector("[data-status]");
    const counts = run.looks
      .map((entry, rank) => [entry, lines.filter((line) => line.rank === rank).length])
      .filter(([, count]) => count).reverse()
      .map(([entry, count]) => entry.word + " " + number(count)).join(", ");
    status.replaceChildren(harness.badge(look), " " + (counts ? number(lines.length) + " cases: " + counts : "No case was planned."));
  }

  function neighbours(index) {
    const links = element("p");
    if (index > 0) links.append(element("a", { href: "#" + (index - 1) }, "Combination " + (index - 1)), " ");
    if (index + 1 < run.homes) links.append(element("a", { href: "#" + (index + 1) }, "Combination " + (index + 1)), " ");
    links.append(element("a", { href: "combinations.html" }, "All combinations"));
    return links;
  }

  function devices(home) {
    const body = element("tbody");
    run.factors.forEach((factor, position) => {
      const level = factor.levels[home[position]];
      body.append(element("tr", null,
        element("th", { scope: "row" }, name(factor.title)),
        element("td", null, element("a", { href: level.path }, name(level.label))),
        element("td", { class: "id" }, name(level.key))));
    });
    return table("What this home is made of", ["Factor", "Device", "Key"], body);
  }

  function cases(lines, home, index, caption) {
    const body = element("tbody");
    for (const { rank, position } of lines) {
      const entry = run.cases[position];
      const group = run.groups.find((candidate) => candidate.cases.includes(position));
      const link = element("a", { href: entry.path, class: "id" }, name(entry.id));
      body.append(element("tr", null,
        element("td", null, harness.badge(run.looks[rank])),
        element("th", { scope: "row" }, link, element("span", { class: "line clamp" }, name(entry.title))),
        element("td", null, name(group.participants.map((factor) => run.factors[factor].title).join(", "))),
        element("td", null, rank >= FIRST_BAD ? shownOrCommand(position, group, home, index) : "")));
    }
    return table(caption, ["Verdict", "Case", "Taking part", "Evidence"], body);
  }

  // The page with the frames where this report has one, else the command that prints them.
  function shownOrCommand(position, group, home, index) {
    const own = group.participants.map((factor) => home[factor]);
    const same = evidence.filter((entry) => entry.case === position);
    const exact = same.find((entry) => entry.levels.every((level, column) => level === own[column]));
    if (exact) return element("a", { href: exact.path }, "Frames");
    const folder = quoted(run.folder);
    const command = "harness report " + folder + " --finding " + quoted(run.cases[position].id + "@" + index);
    return element("code", null, name(command));
  }

  function quoted(text) {
    return /^[\w@%+=:,./-]+$/.test(text) ? text : "'" + text.replaceAll("'", "'\"'\"'") + "'";
  }

  function everything(lines, home, index) {
    const details = element("details", null, element("summary", null, "All " + number(lines.length) + " cases"));
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(cases(lines, home, index, "Every case, the worst first"));
    });
    return details;
  }

  function table(caption, heads, body) {
    const head = element("tr", null, ...heads.map((text) => element("th", { scope: "col" }, text)));
    const made = element("table", null, element("caption", null, caption), element("thead", null, head), body);
    return element("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" }, made);
  }

  function say(text) {
    document.querySelector("[data-status]").textContent = text;
  }
})();
