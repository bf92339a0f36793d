// What the pages with computed content share: loading data files, unpacking arrays, building elements.
// Classic scripts only: a page opened from a file may load neither modules nor anything by fetch.
"use strict";

const harness = (() => {
  const root = new URL("../", document.currentScript.src);
  const values = new Map();
  const waiting = new Map();

  // Called by each data file when it is loaded.
  function put(name, value) {
    values.set(name, value);
  }

  // The content of data/<name>.js, loaded once.
  function load(name) {
    if (!waiting.has(name)) {
      waiting.set(name, new Promise((resolve, reject) => {
        if (values.has(name)) {
          resolve(values.get(name));
          return;
        }
        const script = document.createElement("script");
        script.src = new URL("data/" + name + ".js", root).href;
        script.onload = () => resolve(values.get(name));
        script.onerror = () => reject(new Error("The file data/" + name + ".js of this report is missing."));
        document.head.append(script);
      }));
    }
    return waiting.get(name);
  }

  // A packed array as a typed array of the given kind.
  async function unpack(text, Kind) {
    if (typeof DecompressionStream === "undefined") {
      throw new Error("This page needs a browser of 2023 or later (DecompressionStream).");
    }
    const octets = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Kind(await new Response(stream).arrayBuffer());
  }

  // An element with properties and children; text is always text.
  function element(tag, properties, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value !== null && value !== undefined && value !== false) {
        made.setAttribute(name, value === true ? "" : value);
      }
    }
    made.append(...children);
    return made;
  }

  // A name that came from outside, kept from changing the direction of what stands around it.
  function name(text) {
    return element("bdi", null, text);
  }

  function badge(look) {
    const symbol = element("span", { "aria-hidden": "true" }, look.symbol);
    return element("span", { class: "v v-" + look.style }, symbol, " " + look.word);
  }

  function number(value) {
    return value.toLocaleString("en-GB");
  }

  function share(part, whole) {
    if (!part || !whole) return "0 %";
    if (part === whole) return "100 %";
    const percent = Math.min(Math.max((100 * part) / whole, 0.1), 99.9);
    return (percent < 10 || percent > 90 ? percent.toFixed(1) : percent.toFixed(0)) + " %";
  }

  function option(value, text, selected) {
    return element("option", { value, selected }, text);
  }

  // Settings kept in the address after "#", so that a view can be linked to: a=1&b=2.
  function settings() {
    return new URLSearchParams(location.hash.slice(1));
  }

  function keepSettings(pairs) {
    const kept = new URLSearchParams();
    for (const [key, value] of Object.entries(pairs)) {
      if (value !== "" && value !== null && value !== undefined) kept.set(key, value);
    }
    history.replaceState(null, "", "#" + kept.toString());
  }

  // Run a page's main function; what goes wrong is said on the page.
  function start(main) {
    main().catch((error) => {
      const place = document.querySelector("[data-status]");
      place.classList.add("problem");
      place.textContent = error.message;
      throw error;
    });
  }

  return { put, load, unpack, element, name, badge, number, share, option, settings, keepSettings, start };
})();
