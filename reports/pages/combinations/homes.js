// Combinations in shards, and the verdicts that one of them inherits.
"use strict";

const homes = (() => {
  const NOT_RUN = 255;
  const unpacked = new Map();

  function remember(name, make) {
    if (!unpacked.has(name)) unpacked.set(name, make());
    return unpacked.get(name);
  }

  // Shard n: count, levels (one factor after the other), worst (ranks), bad (numbers of cases).
  function shard(number) {
    return remember("homes-" + number, async () => {
      const stored = await harness.load("homes-" + number);
      const [levels, worst, bad] = await Promise.all([
        harness.unpack(stored.levels, Uint16Array),
        harness.unpack(stored.worst, Uint8Array),
        harness.unpack(stored.bad, Uint16Array),
      ]);
      return { count: stored.count, levels, worst, bad };
    });
  }

  // All tuples of a group with few of them.
  function tuples(number) {
    return remember("group-" + number, async () => {
      const stored = await harness.load("group-" + number);
      const [levels, verdicts] = await Promise.all([
        harness.unpack(stored.levels, Uint16Array),
        harness.unpack(stored.verdicts, Uint8Array),
      ]);
      return { count: stored.count, levels, verdicts };
    });
  }

  // Verdicts of a group with many tuples, for the combinations of one shard.
  function wide(group, shardNumber) {
    const name = "wide-" + group + "-" + shardNumber;
    return remember(name, async () => harness.unpack(await harness.load(name), Uint8Array));
  }

  // The tuple of a group that a home holds: its number, or -1.
  function place(group, stored, home) {
    for (let tuple = 0; tuple < stored.count; tuple += 1) {
      if (group.participants.every((factor, column) => stored.levels[column * stored.count + tuple] === home[factor])) {
        return tuple;
      }
    }
    return -1;
  }

  // The verdict of every case for one combination, by case.
  async function inherited(run, number, home) {
    const verdicts = new Array(run.cases.length).fill(NOT_RUN);
    const shardNumber = Math.floor(number / run.shard);
    const within = number % run.shard;
    for (const [groupNumber, group] of run.groups.entries()) {
      let stored;
      let count;
      let row;
      if (group.wide) {
        stored = await wide(groupNumber, shardNumber);
        count = (await shard(shardNumber)).count;
        row = within;
      } else {
        const all = await tuples(groupNumber);
        stored = all.verdicts;
        count = all.count;
        row = place(group, all, home);
      }
      if (row < 0) continue;
      group.cases.forEach((index, line) => { verdicts[index] = stored[line * count + row]; });
    }
    return verdicts;
  }

  // The verdicts of one case, by tuple.
  async function verdictsByTuple(group, groupNumber, line) {
    const all = await tuples(groupNumber);
    const known = new Map();
    for (let tuple = 0; tuple < all.count; tuple += 1) {
      const key = group.participants.map((factor, column) => all.levels[column * all.count + tuple]).join();
      known.set(key, all.verdicts[line * all.count + tuple]);
    }
    return known;
  }

  // A function (place in the shard) -> verdict of one case, for going through many combinations.
  async function verdictOf(run, index, shardNumber) {
    const groupNumber = run.groups.findIndex((group) => group.cases.includes(index));
    const group = run.groups[groupNumber];
    const line = group.cases.indexOf(index);
    const own = await shard(shardNumber);
    if (group.wide) {
      const stored = await wide(groupNumber, shardNumber);
      return (within) => stored[line * own.count + within];
    }
    const known = await remember("verdicts-" + index, () => verdictsByTuple(group, groupNumber, line));
    return (within) => {
      const key = group.participants.map((factor) => own.levels[factor * own.count + within]).join();
      return known.has(key) ? known.get(key) : NOT_RUN;
    };
  }

  return { NOT_RUN, shard, inherited, verdictOf };
})();
