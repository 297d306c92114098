// The search: finds briefings, people, countries and topics in the files under search/, and shows them as one types.
// How the files come about and what is in them is told at the head of src/outputs/search/mod.rs.
//
// Above the line is what finds; it knows of no page, so that it can be measured without one. Below is what shows.

/** Longest word in letters; what is longer is cut there. */
const LONGEST = 24;
const PASSED_OVER = /[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u0591-\u05BD\u05BF\u05C1\u05C2\u05C4\u05C5\u05C7\u064B-\u065F\u0670\u0640\u06D6-\u06DC\u3099\u309A\u00AD\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF\0-\x08\x0E-\x1F\x7F-\x9F]/gu;
const UNSPACED = /^[\u3005-\u3007\u3041-\u3098\u309B-\u30FA\u30FC-\u30FF\u31F0-\u31FF\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\u{20000}-\u{323AF}\u0E01-\u0E4E\u0E81-\u0EDF\u1000-\u109D\u1780-\u17D3]/u;
const LETTER = /^[\p{Alphabetic}\p{N}\p{M}]/u;
const PLAIN = new Map(Object.entries({
  ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ı: "i", ß: "ss", æ: "ae", œ: "oe", þ: "th", ə: "a", ς: "σ", ґ: "г",
  "\u0671": "\u0627", "\u0649": "\u064A", "\u06CC": "\u064A", "\u06A9": "\u0643", "\u0629": "\u0647",
}));
for (let digit = 0; digit < 10; digit += 1) {
  PLAIN.set(String.fromCodePoint(0x660 + digit), `${digit}`).set(String.fromCodePoint(0x6F0 + digit), `${digit}`);
}
const ARTICLES = ["\u0648\u0627\u0644", "\u0628\u0627\u0644", "\u0643\u0627\u0644", "\u0641\u0627\u0644", "\u0627\u0644", "\u0644\u0644"];

/** Whether a word is of a script that is written without spaces. */
const isUnspaced = (word) => UNSPACED.test(word);

/** An Arabic word without the article and what is written together with it, when enough of it is left. */
function withoutArticle(word) {
  const article = ARTICLES.find((article) => word.startsWith(article));
  return article !== undefined && word.length - article.length >= 3 ? word.slice(article.length) : word;
}

/**
 * Returns the words of a text, as `site/search/words.rs` does. Of a run of a script without spaces it gives each pair of
 * letters; in a text that is indexed also the last letter alone, in one that is looked for only where there is no pair.
 */
export function words(text, isQuery = false) {
  const found = [];
  let word = "", length = 0, sinceStop = 0, run = [];
  const endWord = () => {
    if (length > 1 || /\p{N}$/u.test(word)) found.push(withoutArticle(word));
    word = "";
    length = sinceStop = 0;
  };
  const endRun = () => {
    const last = isQuery && run.length > 1 ? run.length - 1 : run.length;
    for (let at = 0; at < last; at += 1) found.push(run.slice(at, at + 2).join(""));
    run = [];
  };
  const put = (c) => {
    if (isUnspaced(c)) {
      endWord();
      run.push(c);
    } else if (LETTER.test(c)) {
      if (run.length > 0) endRun();
      length += 1;
      sinceStop += 1;
      if (length <= LONGEST) word += c;
    } else if (c === "." && sinceStop === 1 && /\p{Alphabetic}$/u.test(word)) {
      sinceStop = 0;
    } else {
      endWord();
      endRun();
    }
  };
  for (const c of text.normalize("NFKD").replace(PASSED_OVER, "").toLowerCase()) {
    for (const plain of PLAIN.get(c) ?? c) put(plain);
  }
  endWord();
  endRun();
  return found;
}

/** How many letters must be changed, added or left out to make one word of another; more than `most` is not counted. */
function distance(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[other.length];
}

/** The beginning that a word shares with its other forms: two letters of its ending may differ. */
const stem = (word) => (word.length >= 5 && !isUnspaced(word) ? word.slice(0, Math.max(4, word.length - 2)) : word);

/**
 * How well a word of a text answers one that is looked for, from 0 to 1: itself, a longer word that begins so, another
 * form of it. `isTyped` says that the reader may still be typing it.
 */
export function likeness(sought, word, isTyped = false) {
  if (word === sought) return 1;
  if (isUnspaced(sought)) return sought.length === 1 && word.startsWith(sought) ? 0.9 : 0;
  const more = word.length - sought.length;
  if (word.startsWith(sought)) {
    if (sought.length < 4 && !isTyped) return sought.length === 3 && more <= 1 ? 0.6 : 0;
    return Math.max(0.4, 0.8 - 0.05 * more);
  }
  const beginning = stem(sought);
  if (beginning === sought || !word.startsWith(beginning) || word.length - beginning.length > 4) return 0;
  return word.length < sought.length && sought.startsWith(word) ? 0.7 : 0.45;
}

const hex = (word) => Array.from(new TextEncoder().encode(word), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Most shards that are loaded for one word, and for all. */
const SHARDS = 3, ALL_SHARDS = 6;

/** With fewer answers than these, near ones are told too. */
const FEW = 5;

/** What `load` of an index throws when there is no such file. */
export class Missing extends Error {}

/** The files of a site's search. `load(path)` gives the bytes of one of them. */
export class Index {
  #load;
  #files = new Map();

  /**
   * Whether a file was missing since the last search began. A site that is published anew goes without some of them for
   * a moment when a briefing is withdrawn; what they would tell is done without.
   */
  lacks = false;

  constructor(load) {
    this.#load = load;
  }

  /** What all searching begins with. */
  start() {
    return this.#once("index.json", (bytes) => {
      const start = JSON.parse(new TextDecoder().decode(bytes));
      start.top = start.top.map(entity);
      return start;
    });
  }

  #once(path, read) {
    if (!this.#files.has(path)) {
      const file = this.#load(path).then(read);
      this.#files.set(path, file);
      // What could not be loaded is tried again.
      file.catch(() => this.#files.delete(path));
    }
    return this.#files.get(path);
  }

  /** The same, or `none` where the file is missing: then all is read anew the next time. */
  #perhaps(path, none, read) {
    return this.#once(path, read).catch((error) => {
      if (!(error instanceof Missing)) throw error;
      this.lacks = true;
      this.#files.clear();
      return none;
    });
  }

  /** The words of a shard by its key: what they are, how many articles each has, the articles, the entities. */
  #shard(key) {
    return this.#perhaps(`words/${key === "" ? "0" : key}.bin`, [], (bytes) => {
      const length = new DataView(bytes).getUint32(0, true);
      const head = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
      const entities = head.e.map(entity);
      let from = 4 + length;
      return head.w.map(([text, count, size, places = []]) => {
        const articles = new Uint8Array(bytes, from, size);
        from += size;
        return { text, count, articles, entities: places.map((place) => entities[place]) };
      });
    });
  }

  /** The keys of the shards in which words may stand that answer `word`, that of the word itself first. */
  async #keys(word, isTyped) {
    const { words: keys } = await this.start();
    const place = (text) => {
      let [low, high] = [0, keys.length];
      const own = hex(text);
      while (low < high) {
        const middle = (low + high) >> 1;
        if (keys[middle] <= own) low = middle + 1;
        else high = middle;
      }
      return Math.max(0, low - 1);
    };
    const beginning = !isTyped && word.length < 3 ? word : stem(word);
    const found = [place(word)];
    const start = hex(beginning);
    for (let at = place(beginning); at < keys.length && (at === place(beginning) || keys[at].startsWith(start)); at += 1) {
      if (!found.includes(at)) found.push(at);
      if (found.length >= SHARDS) break;
    }
    return found.map((at) => keys[at]);
  }

  /** The words of the site that answer one that is looked for, each with its likeness. */
  async #answers(word, isTyped, keys) {
    const shards = await Promise.all(keys.map((key) => this.#shard(key)));
    const all = shards.flat();
    const rated = all.map((one) => ({ ...one, rate: likeness(word, one.text, isTyped) })).filter((one) => one.rate > 0);
    if (rated.length > 0 || word.length < 5 || isUnspaced(word)) return rated;
    // Nothing is written so: perhaps a letter is wrong, or a name is written otherwise.
    const most = word.length >= 8 ? 2 : 1;
    const near = all.map((one) => ({ ...one, rate: 0.4 - 0.1 * (distance(word, one.text, most) - 1) }));
    return near.filter((one) => distance(word, one.text, most) <= most);
  }

  /**
   * Finds what answers a query. `only` may hold the word of a topic, and the numbers of the first article and of the one
   * after the last. Gives the numbers of articles, the best first, and entities.
   */
  async search(query, only = {}) {
    this.lacks = false;
    const start = await this.start();
    const sought = [...new Set(words(query, true))].slice(0, 12);
    const isOpen = !/\s$/u.test(query);
    const last = words(query, true).at(-1);
    const keys = await Promise.all(sought.map((word) => this.#keys(word, isOpen && word === last)));
    // The shards of the words themselves come first.
    const wanted = new Set(keys.map(([own]) => own));
    for (const key of keys.flat()) if (wanted.size < ALL_SHARDS) wanted.add(key);
    const answers = await Promise.all(sought.map((word, at) =>
      this.#answers(word, isOpen && word === last, keys[at].filter((key) => wanted.has(key)))));
    const [first, end] = [only.first ?? 0, only.end ?? start.articles];
    const scores = new Float32Array(start.articles);
    const met = new Uint8Array(start.articles);
    // Of a word that very many articles have, only some are told: another may have it too.
    let needed = 0;
    for (const found of answers) {
      const best = new Map();
      const exact = found.find((one) => one.rate === 1);
      for (const one of found) {
        const rarity = Math.log(1 + start.articles / Math.max(one.count, exact?.count ?? 1, 1));
        for (const [number, impact] of entries(one.articles)) {
          const score = one.rate * impact * rarity;
          if (number >= first && number < end && score > (best.get(number) ?? 0)) best.set(number, score);
        }
      }
      const isTold = found.every((one) => one.rate < 0.8 || one.count <= start.most);
      if (isTold && found.length > 0) needed += 1;
      for (const [number, score] of best) {
        scores[number] += score;
        if (isTold) met[number] += 1;
      }
    }
    let numbers = [];
    for (let number = first; number < end; number += 1) if (scores[number] > 0) numbers.push(number);
    if (only.topic !== undefined) {
      const [key] = await this.#keys(only.topic, false);
      const topic = (await this.#shard(key)).find((one) => one.text === only.topic);
      const within = new Set(topic === undefined ? [] : Array.from(entries(topic.articles), ([number]) => number));
      numbers = sought.length === 0 ? [...within].filter((number) => number >= first && number < end)
        : numbers.filter((number) => within.has(number));
    } else if (sought.length === 0 && (only.first !== undefined || only.end !== undefined)) {
      numbers = Array.from({ length: Math.max(0, end - first) }, (_, at) => first + at);
    }
    const most = numbers.reduce((most, number) => Math.max(most, met[number]), 0);
    const byScore = (one, other) => scores[other] - scores[one] || other - one;
    const best = numbers.filter((number) => met[number] === most).sort(byScore);
    // Few have all of many words: then those come after them that lack one.
    const near = best.length < FEW && most > 1 && needed > 2 ? numbers.filter((number) => met[number] === most - 1).sort(byScore) : [];
    return { numbers: [...best, ...near.slice(0, 2 * FEW)], whole: most === needed ? best.length : 0, sought, entities: this.#entities(query, start, sought, answers), lacking: sought.filter((_, at) => answers[at].length === 0) };
  }

  /** The entities that answer every word, the best first. */
  #entities(query, start, sought, answers) {
    if (sought.length === 0) {
      // One letter is no word yet; the best known names that begin so are there at once.
      const letters = query.trim().normalize("NFKD").replace(PASSED_OVER, "").toLowerCase();
      if (letters === "") return [];
      return start.top.filter((one) => one.name.normalize("NFKD").replace(PASSED_OVER, "").toLowerCase().split(" ")
        .some((part) => part.startsWith(letters)));
    }
    const rated = new Map();
    answers.forEach((found, at) => {
      for (const one of found) {
        for (const entity of one.entities) {
          const known = rated.get(entity.url) ?? { entity, rates: [] };
          known.rates[at] = Math.max(known.rates[at] ?? 0, one.rate);
          rated.set(entity.url, known);
        }
      }
      if (sought.length === 1) {
        for (const entity of start.top) {
          const rate = Math.max(...words(entity.name).map((word) => likeness(sought[0], word, true)), 0);
          if (rate > 0 && !rated.has(entity.url)) rated.set(entity.url, { entity, rates: [rate] });
        }
      }
    });
    const all = [...rated.values()].filter(({ rates }) => sought.every((_, at) => rates[at] > 0));
    const score = ({ entity, rates }) => {
      const own = words(entity.name);
      const isName = own.length === sought.length && own.every((word) => sought.includes(word));
      return rates.reduce((sum, rate) => sum + rate, 0) / rates.length + Math.log10(1 + entity.count) / 4 + (isName ? 1 : 0);
    };
    return all.sort((one, other) => score(other) - score(one) || (one.entity.url < other.entity.url ? -1 : 1))
      .map(({ entity }) => entity);
  }

  /** What is shown of an article; nothing when its file is missing. */
  async article(number) {
    const { group } = await this.start();
    const texts = await this.#perhaps(`texts/${Math.floor(number / group)}.bin`, [], async (bytes) => {
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      return JSON.parse(await new Response(stream).text());
    });
    return texts[number % group];
  }
}

const entity = ([kind, name, url, count, code, marking]) => ({ kind, name, url, count, code, marking });

/** The articles of a word: numbers, and how much the word says of each. */
export function* entries(bytes) {
  let number = 0;
  for (let at = 0; at < bytes.length;) {
    let value = 0, factor = 1;
    for (; bytes[at] >= 0x80; at += 1) {
      value += (bytes[at] & 0x7F) * factor;
      factor *= 128;
    }
    value += bytes[at] * factor;
    at += 1;
    number += Math.floor(value / 16);
    yield [number, value % 16];
  }
}

/** Where in a text words stand that answer the query: the first letter, the one after the last, and which word. */
export function marks(text, sought, isTyped) {
  const found = [];
  const last = sought.length - 1;
  for (const { 0: piece, index } of text.matchAll(/[\p{Alphabetic}\p{N}\p{M}\u00AD\u0640\u200B-\u200D]+/gu)) {
    const letters = [...piece];
    if (letters.some(isUnspaced)) {
      let at = index;
      letters.forEach((letter, place) => {
        const pair = words(letter + (letters[place + 1] ?? ""), true)[0];
        const which = sought.findIndex((word) => pair === word || (word === words(letter, true)[0]));
        if (which >= 0) {
          const end = at + letter.length + ([...sought[which]].length > 1 ? (letters[place + 1] ?? "").length : 0);
          found.push([at, end, which]);
        }
        at += letter.length;
      });
    } else {
      for (const word of words(piece)) {
        const which = sought.findIndex((one, place) => likeness(one, word, isTyped && place === last) > 0);
        if (which >= 0) found.push([index, index + piece.length, which]);
      }
    }
  }
  // What touches is one.
  return found.reduce((all, mark) => {
    const before = all.at(-1);
    if (before !== undefined && mark[0] < before[1]) before[1] = Math.max(before[1], mark[1]);
    else all.push([...mark]);
    return all;
  }, []);
}

/** Longest passage in letters. */
const PASSAGE = 230;

/** The passage of a text that answers most words of the query, in parts: plain and marked ones in turn. */
export function passage(text, sought, isTyped) {
  let best = { score: 0 };
  for (const line of text.split("\n")) {
    const all = marks(line, sought, isTyped);
    all.forEach(([from], at) => {
      const within = all.slice(at).filter(([, end]) => end - from <= PASSAGE * 0.8);
      const score = new Set(within.map(([, , which]) => which)).size + Math.min(within.length, 9) / 10;
      if (score > best.score) best = { score, line, from, end: within.at(-1)?.[1] ?? from };
    });
  }
  if (best.score === 0) return [];
  const { line, from, end } = best;
  const spare = Math.max(0, PASSAGE - (end - from));
  let begin = Math.max(0, from - Math.floor(spare / 3));
  let stop = Math.min(line.length, begin + PASSAGE);
  begin = Math.max(0, Math.min(begin, stop - PASSAGE));
  const toWord = (at, step) => {
    for (let moved = 0; moved < 24 && at > 0 && at < line.length && !/\s/u.test(line[at - (step > 0 ? 0 : 1)]); moved += 1) at += step;
    return at;
  };
  if (begin > 0) begin = Math.min(from, toWord(begin, 1));
  if (stop < line.length) stop = Math.max(end, toWord(stop, -1));
  const parts = [];
  let at = begin;
  for (const [first, after] of marks(line, sought, isTyped).filter(([first, after]) => first >= begin && after <= stop)) {
    parts.push(line.slice(at, first), line.slice(first, after));
    at = after;
  }
  parts.push(line.slice(at, stop));
  parts[0] = (begin > 0 ? "… " : "") + parts[0].trimStart();
  parts[parts.length - 1] = parts.at(-1).trimEnd() + (stop < line.length ? " …" : "");
  return parts;
}

// ---------------------------------------------------------------------------------------------------------------------

/** What is said on the page, unless it says otherwise: the messages `script-search-…` of its language. */
const WORDS = {
  loading: "Searching…",
  failed: "The search could not be loaded. Try again, or take one of the lists below.",
  nothing: "Nothing was found for “{query}”.",
  lacking: "Nothing has {words}.",
  quoted: "“{word}”",
  or: " or ",
  renewed: "The site is being published anew, and some briefings cannot be found yet. Try again in a moment.",
  "none-whole": "No briefing has all of these words; these have most of them.",
  partly: "{briefings}, and others that have most of these words.",
  then: "{first}. {second}",
  briefings: { one: "{count} briefing", other: "{count} briefings" },
  names: { one: "{count} name", other: "{count} names" },
  newest: { one: "Newest month", other: "Newest {count} months" },
};

/** A message with what it needs. Of a number, the form that the language has for it. */
export function say(words, lang, name, args = {}) {
  const { count } = args;
  const forms = words[name];
  const text = typeof forms === "string" ? forms : forms[new Intl.PluralRules(lang).select(count)] ?? forms.other;
  const written = (value) => (typeof value === "number" ? value.toLocaleString(lang, { numberingSystem: "latn" }) : value);
  return text.replaceAll(/\{(\w+)\}/gu, (all, key) => (key in args ? written(args[key]) : all));
}

/** Briefings that are shown at once, and names beside them. */
const AT_ONCE = 8, NAMES = 5, ALL_NAMES = 48;

/** Makes an element. Texts are texts: nothing here is read as HTML. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A text with what answers the query marked: every second part is. */
const marked = (parts) => parts.map((part, at) => (at % 2 === 1 ? make("mark", {}, part) : part));

const markingOf = (label) =>
  label && make("span", { class: `tlp tlp-${label.slice(4).toLowerCase().replace("+", "-")}` }, label);

function runOn(search) {
  const site = search.dataset.site;
  const words = { ...WORDS, ...JSON.parse(search.dataset.words ?? "{}") };
  const says = (name, args) => say(words, document.documentElement.lang, name, args);
  const [field, form] = [document.getElementById("search-field"), search.querySelector("form")];
  const [kind, topic, date] = ["kind", "topic", "date"].map((name) => form.elements.namedItem(name));
  const [status, names, hits, more, lists] =
    ["status", "names", "hits", "more", "lists"].map((name) => document.getElementById(`search-${name}`));
  const index = new Index(async (path) => {
    // As with pages, what is kept is asked for again: all files must be of one build.
    const answer = await fetch(`${site}search/${path}`, { cache: "no-cache" });
    if (answer.status === 404) throw new Missing(path);
    if (!answer.ok) throw new Error(`${answer.status} ${path}`);
    return answer.arrayBuffer();
  });
  let [turn, shown, said] = [0, AT_ONCE, 0];

  const lacking = (sought) =>
    says("lacking", { words: sought.map((word) => says("quoted", { word })).join(says("or")) });
  const partly = (whole) => (whole === 0 ? says("none-whole")
    : says("partly", { briefings: says("briefings", { count: whole }) }));
  const tell = (text) => {
    clearTimeout(said);
    // Not at every letter: whoever listens would hear nothing else.
    said = setTimeout(() => (status.textContent = text), status.textContent === "" ? 0 : 250);
  };

  const nameHit = (one, kinds) => make("li", {}, make("a", { href: site + one.url },
    one.code ? make("img", { class: "flag", src: `${site}flags/${one.code}.svg`, alt: "", width: 18, height: 12 }) : undefined,
    make("span", { dir: "auto" }, one.name)),
  " ", make("span", { class: "type" }, kinds[one.kind].one), " ",
  make("span", { class: "count" }, says("briefings", { count: one.count })), " ", markingOf(one.marking));

  const briefingHit = (one, sought, isTyped) => {
    const of = (text) => {
      const found = marks(text, sought, isTyped);
      const ends = [0, ...found.flatMap(([from, end]) => [from, end]), text.length];
      return marked(ends.slice(1).map((end, at) => text.slice(ends[at], end)));
    };
    const parts = passage(one.text, sought, isTyped);
    const [lang, dir] = one.lang ?? [];
    return make("li", { lang, dir },
      make("p", { class: "kicker" }, make("span", { class: "type" }, one.type),
        one.date && make("time", { datetime: one.date[0] }, one.date[1]), markingOf(one.marking)),
      make("h3", { dir: "auto" }, make("a", { href: site + one.url }, ...of(one.title))),
      make("p", { class: "sentence", dir: "auto" }, ...(parts.length > 0 ? marked(parts) : of(one.summary))));
  };

  /** The numbers of the first article of a stretch of time, and of the one after its last. */
  const stretch = (start, value) => {
    if (value === "") return {};
    const from = (month) => start.months.find(([own]) => own >= month)?.[1] ?? start.articles;
    if (value.endsWith("m")) {
      const [year, month] = start.months.at(-1)[0].split("-").map(Number);
      const first = year * 12 + month - Number.parseInt(value, 10);
      return { first: from(`${String(Math.floor(first / 12)).padStart(4, "0")}-${String(first % 12 + 1).padStart(2, "0")}`) };
    }
    return { first: from(value), end: from(`${value}-99`) };
  };

  const update = async () => {
    const own = ++turn;
    const query = field.value;
    const isTyped = !/\s$/u.test(query);
    const chosen = { q: query.trim(), kind: kind.value, topic: topic.value, date: date.value };
    const address = new URL(location.href);
    for (const [key, value] of Object.entries(chosen)) {
      if (value === "") address.searchParams.delete(key);
      else address.searchParams.set(key, value);
    }
    if (address.href !== location.href) history.replaceState(null, "", address);
    const isIdle = Object.values(chosen).every((value) => value === "");
    lists.hidden = !isIdle;
    if (isIdle) {
      names.replaceChildren();
      hits.replaceChildren();
      more.hidden = true;
      tell("");
      return;
    }
    try {
      const start = await index.start();
      const only = stretch(start, chosen.date);
      if (chosen.topic !== "") only.topic = chosen.topic;
      const found = await index.search(query, only);
      if (own !== turn) return;
      const ofKind = start.kinds.findIndex((one) => one.id === chosen.kind);
      const isAll = chosen.kind === "" && chosen.topic === "" && chosen.date === "";
      let entities = found.entities;
      if (ofKind >= 0) entities = (query.trim() === "" ? start.top : entities).filter((one) => one.kind === ofKind);
      else if (!isAll) entities = [];
      const nameCount = entities.length;
      names.replaceChildren(...entities.slice(0, ofKind >= 0 ? ALL_NAMES : NAMES).map((one) => nameHit(one, start.kinds)));
      const numbers = ofKind >= 0 ? [] : found.numbers;
      const articles = await Promise.all(numbers.slice(0, shown).map((number) => index.article(number)));
      if (own !== turn) return;
      hits.replaceChildren(...articles.filter((one) => one !== undefined).map((one) => briefingHit(one, found.sought, isTyped)));
      more.hidden = numbers.length <= shown;
      const counts = ofKind >= 0 ? says("names", { count: nameCount }) : says("briefings", { count: numbers.length });
      if (index.lacks) tell(says("renewed"));
      else if (nameCount + numbers.length === 0) tell(says("nothing", { query: chosen.q }));
      else if (numbers.length > 0 && found.lacking.length > 0) tell(says("then", { first: counts, second: lacking(found.lacking) }));
      else tell(numbers.length > found.whole && found.sought.length > 0 ? partly(found.whole) : counts);
    } catch {
      if (own !== turn) return;
      lists.hidden = false;
      tell(says("failed"));
    }
  };

  let wait = 0;
  const soon = () => {
    shown = AT_ONCE;
    clearTimeout(wait);
    wait = setTimeout(update, 60);
  };
  field.addEventListener("input", soon);
  for (const choice of [kind, topic, date]) choice.addEventListener("change", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon();
  });
  more.addEventListener("click", async () => {
    const before = hits.querySelectorAll("a").length;
    shown += AT_ONCE;
    await update();
    hits.querySelectorAll("a")[before]?.focus();
  });

  // Up and down go through the field and all that was found; a letter that is typed there goes on with the query.
  const stops = () => [field, ...names.querySelectorAll("a"), ...hits.querySelectorAll("a"), ...(more.hidden ? [] : [more])];
  document.getElementById("main").addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    const all = stops();
    const at = all.indexOf(event.target);
    if (at < 0) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next !== undefined) {
        event.preventDefault();
        next.focus();
      }
    } else if (event.key === "Escape" && at > 0) {
      field.focus();
    }
  });

  const read = () => {
    const asked = new URLSearchParams(location.search);
    field.value = asked.get("q") ?? "";
    for (const choice of [kind, topic, date]) {
      const value = asked.get(choice.name) ?? "";
      choice.value = [...choice.options].some((option) => option.value === value) ? value : "";
    }
  };
  read();
  index.start().then((start) => {
    topic.append(...start.topics.map(([name, word, count]) => make("option", { value: word }, `${name} (${count})`)));
    const years = [...new Set(start.months.map(([month]) => month.slice(0, 4)))].reverse();
    const newest = start.months.length > 3 ? [3, 12].map((months) => make("option", { value: `${months}m` }, says("newest", { count: months }))) : [];
    date.append(...newest, ...years.map((year) => make("option", { value: year }, year)));
    read();
    return update();
  }).catch(() => tell(says("failed")));
  addEventListener("popstate", () => {
    read();
    soon();
  });
  // Who comes to search need not go to the field first.
  if (location.hash === "#search-field") {
    history.replaceState(null, "", location.pathname + location.search);
    field.focus();
  }
}

if (globalThis.document?.querySelector("search[data-site]")) runOn(document.querySelector("search[data-site]"));
