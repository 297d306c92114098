// The preview's own script: keeps the page up to date, and shows the desk's bar and the panel of errors.
//
// Works under the published Content Security Policy, Trusted Types included: it runs no text and parses none. New pages
// come as documents that the browser itself has parsed (XMLHttpRequest), and all that is shown is made of text nodes.
(() => {
  "use strict";

  const own = document.currentScript;
  const facts = { ...own.dataset };
  const place = "/_crossbrief/";

  /** What this tab shows. */
  const shown = { page: facts.page, generation: Number(facts.generation) };

  /** Versions of files that changed since the page was loaded, by decoded path. */
  const versions = new Map();

  /** Attributes of the root as its author wrote them, to tell them from those that scripts have set. */
  const rootAttributes = attributesOf(document.documentElement);

  const firstScripts = scriptsOf(document);

  // ---------------------------------------------------------------- The channel

  let socket = null;
  let failures = 0;
  let timer = 0;

  function connect() {
    clearTimeout(timer);
    if (socket !== null && socket.readyState < WebSocket.CLOSING) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = `page=${encodeURIComponent(location.pathname)}&since=${shown.generation}`;
    const opened = new WebSocket(`${scheme}//${location.host}${place}channel?${query}`);
    socket = opened;
    opened.onopen = () => {
      failures = 0;
      desk.connection(true);
    };
    opened.onmessage = ({ data }) => receive(JSON.parse(data));
    opened.onclose = () => {
      if (socket !== opened) return;
      desk.connection(false);
      failures += 1;
      // From a quarter of a second to five, and not all tabs at once.
      const wait = Math.min(250 * 1.6 ** failures, 5000) * (0.75 + Math.random() / 2);
      timer = setTimeout(connect, wait);
    };
  }

  for (const event of ["online", "pageshow"]) addEventListener(event, connect);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && connect());
  // A page that is kept in the browser's memory may not hold a connection.
  addEventListener("pagehide", () => socket?.close());

  function receive(message) {
    if (message.run !== facts.run) return location.reload();
    if (message.problems !== undefined) desk.problems(message.problems);
    if (message.saved !== undefined && message.saved !== decoded(location.pathname) && document.visibilityState === "visible") {
      return location.assign(encodeURI(message.saved));
    }
    const files = message.files === undefined ? [] : message.files;
    if (files === null) return location.reload();
    for (const file of files) versions.set(file, message.generation);
    shown.generation = message.generation;
    update(message.page !== undefined && message.page !== shown.page, files);
  }

  // ---------------------------------------------------------------- The page

  let updating = Promise.resolve();

  /** Brings page and files up to date, one update after the other. */
  function update(isPageNew, files) {
    updating = updating
      .then(() => (isPageNew ? morph() : undefined))
      .then(() => swap(files))
      .then(() => desk.refresh())
      .catch(() => undefined);
  }

  /** Changes the page into its newest version without losing one's place in it. */
  async function morph() {
    const next = await request(location.href, "document");
    const facts = next?.querySelector(`script[src="${place}preview.js"]`)?.dataset;
    if (facts === undefined) return;
    // Scripts that came or changed do not run when they are put in; those that ran cannot be taken back.
    if (scriptsOf(next).join("\n") !== firstScripts.join("\n")) return location.reload();
    shown.page = facts.page;
    for (const element of next.querySelectorAll("noscript")) element.textContent = element.innerHTML;
    for (const element of next.querySelectorAll("[src], [srcset], [href], [poster]")) refreshAddresses(element);
    syncRoot(next.documentElement);
    await syncHead(next.head);
    const selection = keepSelection();
    Idiomorph.morph(document.body, next.body, {
      morphStyle: "outerHTML",
      ignoreActiveValue: true,
      restoreFocus: true,
      callbacks: { beforeAttributeUpdated: mayUpdate },
    });
    selection();
    document.dispatchEvent(new CustomEvent("crossbrief:updated"));
  }

  /** Whether an attribute follows the new page, or stays as the reader set it. */
  function mayUpdate(name, element) {
    if (name === "open") return !(element instanceof HTMLDetailsElement || element instanceof HTMLDialogElement);
    if (name === "value" && "defaultValue" in element) return element.value === element.defaultValue;
    if (name === "checked" && "defaultChecked" in element) return element.checked === element.defaultChecked;
    if (name === "selected" && "defaultSelected" in element) return element.selected === element.defaultSelected;
    return true;
  }

  function syncRoot(next) {
    const wanted = attributesOf(next);
    for (const name of new Set([...rootAttributes.keys(), ...wanted.keys()])) {
      if (rootAttributes.get(name) === wanted.get(name)) continue;
      if (wanted.has(name)) {
        document.documentElement.setAttribute(name, wanted.get(name));
        rootAttributes.set(name, wanted.get(name));
      } else {
        document.documentElement.removeAttribute(name);
        rootAttributes.delete(name);
      }
    }
  }

  /** Brings the head up to date. A new sheet is loaded before an old one goes, so that the page is never without. */
  async function syncHead(next) {
    const isOwn = (element) => element.getAttribute("src")?.startsWith(place);
    const isSheet = (element) => element.matches('link[rel~="stylesheet"]');
    const isLeft = (element) => isOwn(element) || element.matches("title, link[rel=preload]");
    const key = (element) => element.outerHTML;
    const here = [...document.head.children].filter((element) => !isLeft(element));
    const there = [...next.children].filter((element) => !isLeft(element));
    const wanted = new Set(there.map(key));
    const known = new Set(here.map(key));
    const loading = [];
    for (const element of there.filter((element) => !known.has(key(element)))) {
      // Moved rather than copied: of a script that is a copy, and be it but data, Trusted Types know nothing.
      if (isSheet(element)) loading.push(loaded(element));
      document.head.insertBefore(document.adoptNode(element), own.isConnected ? own : null);
    }
    await Promise.all(loading);
    for (const element of here.filter((element) => !wanted.has(key(element)))) element.remove();
    const title = next.querySelector("title")?.textContent ?? "";
    if (document.title !== title) document.title = title;
  }

  /** Waits for a sheet, a second at most. */
  function loaded(element) {
    return new Promise((resolve) => {
      element.addEventListener("load", resolve, { once: true });
      element.addEventListener("error", resolve, { once: true });
      setTimeout(resolve, 1000);
    });
  }

  /** Puts new versions of pictures, films and sheets in the place of those that are shown. */
  async function swap(files) {
    const left = new Set(files);
    if (left.size === 0) return;
    for (const element of document.querySelectorAll("img, source, video, audio, image, link[rel~=icon]")) {
      for (const path of refreshAddresses(element)) left.delete(path);
    }
    for (const sheet of document.querySelectorAll('link[rel~="stylesheet"]')) {
      const copy = sheet.cloneNode();
      const paths = refreshAddresses(copy);
      if (paths.length === 0 || copy.href === sheet.href) {
        for (const path of paths) left.delete(path);
        continue;
      }
      const ready = loaded(copy);
      sheet.after(copy);
      await ready;
      sheet.remove();
      for (const path of paths) left.delete(path);
    }
    // Fonts, or pictures that a sheet shows: what the page has loaded in a way of its own.
    const used = performance.getEntriesByType("resource").map(({ name }) => decoded(new URL(name).pathname));
    if (used.some((path) => left.has(path))) location.reload();
  }

  /** Lets an element ask for the newest versions of the files that it names; returns their paths. */
  function refreshAddresses(element) {
    const paths = [];
    const fresh = (written) => {
      let address;
      try {
        address = new URL(written, document.baseURI);
      } catch {
        return written;
      }
      const path = decoded(address.pathname);
      if (address.origin !== location.origin || !versions.has(path)) return written;
      paths.push(path);
      address.searchParams.set("crossbrief", versions.get(path));
      return address.pathname + address.search + address.hash;
    };
    const isLink = element.localName === "a" || element.localName === "area";
    for (const name of ["src", "poster", ...(isLink ? [] : ["href"])]) {
      const written = element.getAttribute(name);
      if (written === null || element.localName === "script") continue;
      const wanted = fresh(written);
      if (wanted !== written) element.setAttribute(name, wanted);
    }
    const set = element.getAttribute("srcset");
    if (set !== null) {
      const wanted = set.split(",").map((one) => one.trim().split(/\s+/)).map(([address, ...size]) => [fresh(address), ...size].join(" "));
      if (wanted.join(", ") !== set) element.setAttribute("srcset", wanted.join(", "));
    }
    return paths;
  }

  /** Notes what is selected; returns what selects it again where the text still is. */
  function keepSelection() {
    const selection = getSelection();
    if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) return () => undefined;
    const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
    const within = (node, offset) => Math.min(offset, node.nodeType === Node.TEXT_NODE ? node.length : node.childNodes.length);
    return () => {
      if (!anchorNode.isConnected || !focusNode.isConnected) return;
      selection.setBaseAndExtent(anchorNode, within(anchorNode, anchorOffset), focusNode, within(focusNode, focusOffset));
    };
  }

  function attributesOf(element) {
    return new Map([...element.attributes].map(({ name, value }) => [name, value]));
  }

  /** The scripts that run in a document, and the data in its body that they were given; without the preview's own. */
  function scriptsOf(of) {
    return [...of.scripts]
      .filter((script) => !script.getAttribute("src")?.startsWith(place))
      .filter((script) => of.body.contains(script) || script.type === "" || script.type === "module" || /javascript/.test(script.type))
      .map((script) => `${script.type} ${script.getAttribute("src") ?? script.textContent}`);
  }

  function decoded(path) {
    try {
      return decodeURIComponent(path);
    } catch {
      return path;
    }
  }

  function request(address, type) {
    return new Promise((resolve) => {
      const asked = new XMLHttpRequest();
      asked.open("GET", address);
      asked.responseType = type;
      asked.onload = () => resolve(asked.response);
      asked.onerror = () => resolve(null);
      asked.send();
    });
  }

  // ---------------------------------------------------------------- The desk's bar and the panel

  /** Makes an element: `make("a", { href }, "text", child)`. */
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (typeof value === "function") element.addEventListener(key, value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value === true ? "" : value);
    }
    element.append(...present(children));
    return element;
  }

  const present = (children) => children.filter((child) => child !== null && child !== undefined && child !== "");

  /** Text in which what stands between backticks is set as code. */
  const coded = (text) => text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? make("code", {}, part) : part));

  /** `2031-01-15T06:00:00+00:00` as people write it. */
  const moment = (iso) => iso.replace(/^(\S+)T(\d+:\d+)(?::00)?(?:\.0+)?(\S*)$/, (_, day, time, zone) => `${day} ${time} ${/^(Z|[+-]00:00)$/.test(zone) ? "UTC" : zone}`);

  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  const desk = (() => {
    const host = make("crossbrief-desk", { "data-preview": true, hidden: true });
    const root = host.attachShadow({ mode: "open" });
    const sheet = make("link", { rel: "stylesheet", href: `${place}preview.css` });
    const dot = make("span", { class: "dot", "aria-hidden": "true" });
    const word = make("span", {}, "Preview");
    const pill = make("button", { class: "pill", type: "button", "aria-expanded": "false", "aria-controls": "drawer", click: () => toggle() }, dot, word);
    const drawer = make("section", { class: "drawer", id: "drawer", "aria-label": "About this page", hidden: true });
    const panel = make("section", { class: "panel", "aria-label": "Errors", "aria-live": "polite", hidden: true });
    const eyes = facts.view === "desk" ? "Preview" : `Seen by TLP:${facts.view.toUpperCase().replace("-", "+")}`;
    let connected = true;
    let told = { errors: 0, warnings: 0, list: [] };
    let seen = "";
    sheet.addEventListener("load", () => host.removeAttribute("hidden"));
    root.append(sheet, panel, drawer, pill);
    // Beside the body, so that nothing of the page's own is different.
    document.documentElement.append(host);
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      if (!panel.hidden) hide();
      else if (!drawer.hidden) toggle();
      pill.focus();
    });
    if (remembered() === "open") toggle();

    function remembered(value) {
      try {
        if (value !== undefined) sessionStorage.setItem("crossbrief-desk", value);
        return sessionStorage.getItem("crossbrief-desk");
      } catch {
        return null;
      }
    }

    function toggle() {
      if (told.errors > 0 && panel.hidden && told.list.length > 0) {
        panel.hidden = false;
        return label();
      }
      turn();
    }

    function turn() {
      drawer.hidden = !drawer.hidden;
      pill.setAttribute("aria-expanded", String(!drawer.hidden));
      remembered(drawer.hidden ? "closed" : "open");
      refresh();
    }

    function hide() {
      panel.hidden = true;
      label();
    }

    function label() {
      const state = !connected ? "lost" : told.errors > 0 ? "error" : told.warnings > 0 ? "warning" : "well";
      host.dataset.state = state;
      word.textContent = {
        lost: "Reconnecting",
        error: count(told.errors, "error"),
        warning: `${eyes} · ${count(told.warnings, "warning")}`,
        well: eyes,
      }[state];
      host.toggleAttribute("data-covered", !panel.hidden);
      showMarks(panel);
    }

    /** Brings what is meant into sight in lines that are too long. */
    function showMarks(within) {
      for (const mark of within.querySelectorAll("mark")) {
        const line = mark.parentElement;
        if (mark.offsetLeft + mark.offsetWidth > line.clientWidth) line.scrollLeft = mark.offsetLeft - line.clientWidth / 3;
      }
    }

    function problems(now) {
      told = now;
      const errors = now.list.filter(({ severity }) => severity === "error");
      const text = JSON.stringify(errors);
      // A panel that was put away comes back for what is new only.
      if (text !== seen) panel.hidden = errors.length === 0;
      seen = text;
      const more = now.errors - errors.length;
      panel.replaceChildren(
        make(
          "header",
          {},
          make("h2", {}, count(now.errors, "error")),
          make("p", {}, "The last good version of each page stays until this is mended."),
          make("button", { type: "button", class: "quiet", click: () => (hide(), drawer.hidden && turn()) }, "This page"),
          make("button", { type: "button", class: "quiet", click: hide }, "Hide"),
        ),
        make("ol", {}, ...errors.map((error) => problem(error)), more > 0 ? make("li", { class: "more" }, `and ${more} more`) : null),
      );
      label();
    }

    /** One problem: what, where, the line, what to do. Of one in the page's own file the line is where. */
    function problem({ severity, code, message, label, help, place, related }, isHere = false) {
      return make(
        "li",
        { class: severity },
        make("p", { class: "message" }, make("span", { class: "severity" }, severity), " ", ...coded(message), " ", make("code", { class: "rule" }, code)),
        place === null ? null : where(place, label, isHere),
        ...related.map(({ words, place }) => make("div", { class: "related" }, make("p", {}, words), where(place))),
        ...help.map((help) => make("p", { class: "help" }, ...coded(help))),
      );
    }

    function where({ path, line, column, shown, open }, label, isHere = false) {
      const position = isHere && line !== null ? `line ${line}` : [path, line, column].filter((part) => part !== null).join(":");
      const link = make("a", { class: "place", href: open, title: "Open in the editor" }, position);
      if (shown === null) return link;
      const [before, meant, after] = shown;
      const text = make("pre", {}, make("span", { class: "number", "aria-hidden": "true" }, `${line} `), before, make("mark", {}, meant === "" ? " " : meant), after);
      return make("div", {}, link, text, label ? make("p", { class: "label" }, label) : null);
    }

    async function refresh() {
      if (drawer.hidden) return;
      const now = await request(`${place}desk.json?page=${encodeURIComponent(location.pathname)}`, "json");
      if (now !== null && now.views !== undefined) draw(now);
      else drawer.replaceChildren(make("p", { class: "facts" }, "Only the machine that previews the site shows more."));
    }

    function draw({ views, source, page, lints, withheld }) {
      const top = drawer.scrollTop;
      const open = [...drawer.querySelectorAll("details")].map((details) => details.open);
      const facts = [
        page?.words ? count(page.words, "word") : null,
        page?.marking,
        page?.draft ? "draft" : null,
        page?.embargoed_until ? `under embargo until ${moment(page.embargoed_until)}` : null,
        page?.expires ? `expires ${moment(page.expires)}` : null,
      ].filter(Boolean);
      const parts = [
        source === null || source === undefined
          ? make("p", { class: "source" }, "This page has no file of its own.")
          : make("p", { class: "source" }, make("a", { href: source.open, title: "Open in the editor" }, source.path)),
        facts.length > 0 ? make("p", { class: "facts" }, facts.join(" · ")) : null,
        switcher(views),
        lints?.length ? block(`${count(lints.length, "remark")} on this page`, make("ol", { class: "lints" }, ...lints.map((lint) => problem(lint, true))), true) : null,
        page?.entities?.length ? block(`${page.entities.length} named here`, names(page.entities, page.doubts), true) : null,
        withheld?.count ? block(`${withheld.count} not shown`, held(withheld), false) : null,
      ];
      drawer.replaceChildren(...present(parts));
      drawer.querySelectorAll("details").forEach((details, index) => {
        if (open[index] !== undefined) details.open = open[index];
      });
      drawer.scrollTop = top;
      showMarks(drawer);
    }

    function block(title, content, isOpen) {
      return make("details", { open: isOpen }, make("summary", {}, title), content);
    }

    /** Whose eyes: the choice is kept in a cookie, which the server reads with every request. */
    function switcher(views) {
      const choose = (word) => () => {
        document.cookie = `${facts.cookie}=${word}; path=/; SameSite=Strict`;
        location.reload();
      };
      const buttons = views.map(({ word, label, here }) => make("button", { type: "button", "aria-pressed": String(here), click: choose(word) }, label));
      return make("div", { class: "views" }, make("p", { id: "as" }, "Seen by"), make("div", { role: "group", "aria-labelledby": "as" }, ...buttons));
    }

    function names(entities, doubts) {
      const rows = entities.map(({ name, kind, address, about, mentions, why }) =>
        make(
          "li",
          {},
          make("p", {}, make("a", { href: address }, name), make("span", { class: "kind" }, ` ${kind.toLowerCase()}${about ? "" : ", mentioned"}${mentions > 1 ? ` ${mentions}×` : ""}`)),
          why === "" ? null : make("p", { class: "why" }, ...coded(why)),
        ),
      );
      const left = doubts.map(({ text, candidates, why }) =>
        make("li", {}, make("p", {}, `“${text}”`, make("span", { class: "kind" }, ` ${candidates.join(" or ")}?`)), make("p", { class: "why" }, "left alone: ", ...coded(why))),
      );
      return make("ul", { class: "names" }, ...rows, ...left);
    }

    function held({ count: all, files }) {
      const rows = files.map(({ path, title, reason, until }) =>
        make("li", {}, make("p", {}, title), make("p", { class: "why" }, `${reason}${until ? ` until ${moment(until)}` : ""} · ${path}`)),
      );
      const more = all - files.length;
      return make("ul", { class: "names" }, ...rows, more > 0 ? make("li", { class: "more" }, `and ${more} more`) : null);
    }

    return {
      connection(isThere) {
        connected = isThere;
        label();
      },
      problems,
      refresh,
    };
  })();

  connect();
})();
