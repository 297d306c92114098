// Shows beside a link what it leads to.
//
// A preview is read off the very page that the link leads to, so it tells nothing that is not there, and costs nothing until
// it is wanted. It comes with the pointer or with the keyboard's focus, stays while the pointer is on it, and goes with
// Escape (WCAG 1.4.13). The published policy allows no text to be parsed by scripts: the browser parses the page.

const COMES_AFTER = 350;
const GOES_AFTER = 200;
const LINKS = "a.entity, .prose a, .brief a, .also a, .line a, .neighbours a, .related a, .parts a";

const { latest: LATEST = "Latest: {title}" } = JSON.parse(document.querySelector("script[data-preview]")?.dataset.words ?? "{}");
const root = document.querySelector(".masthead .name a")?.href ?? new URL("/", location).href;
const card = document.createElement("div");
card.id = "preview";
card.className = "preview";
card.role = "tooltip";
card.popover = "manual";

const known = new Map();
let shown = null;
let wanted = null;
let timer = 0;

const later = (time, action) => {
  clearTimeout(timer);
  timer = setTimeout(action, time);
};

/** The link at a place, when it leads to another page of this site. */
function linkAt(target) {
  const link = target instanceof Element ? target.closest("a[href]") : null;
  const leads = link instanceof HTMLAnchorElement && link.matches(LINKS) && link.closest("main") !== null;
  const isPage = leads && link.href.startsWith(root) && link.pathname.endsWith("/") && link.pathname !== location.pathname;
  return isPage ? link : null;
}

function load(address) {
  if (!known.has(address)) {
    const page = new Promise((resolve) => {
      const request = new XMLHttpRequest();
      request.open("GET", address);
      request.responseType = "document";
      request.onload = () => resolve(request.status === 200 ? request.response : null);
      request.onerror = () => resolve(null);
      request.send();
    });
    known.set(address, page);
  }
  return known.get(address);
}

/** Fills the card with what a page says of itself at its head; whether there is anything to say. */
function fill(page) {
  if (!page?.body.matches(".is-article, .is-entity")) return false;
  const text = (selector) => page.querySelector(selector)?.textContent.trim().replace(/\s+/g, " ");
  const add = (name, words) => {
    if (!words) return;
    const line = card.appendChild(document.createElement("p"));
    line.className = name;
    line.textContent = words;
  };
  card.replaceChildren();
  card.lang = page.documentElement.lang;
  card.dir = page.documentElement.dir;
  const portrait = page.querySelector(".portrait picture");
  if (portrait !== null) {
    const face = card.appendChild(document.importNode(portrait, true));
    for (const one of face.children) one.sizes = "3rem";
    Object.assign(face.lastElementChild, { className: "face", alt: "" });
  }
  const marking = page.querySelector(".banner .tlp");
  if (marking !== null) add(marking.className, marking.textContent);
  add("label", [text(".head .type"), text(".byline time")].filter(Boolean).join(", "));
  add("title", text("main h1"));
  add("held", text(".roles .role"));
  add("about", text(".head .standfirst") || text(".bluf"));
  const latest = text(".stream h4 a");
  add("label", latest && LATEST.replace("{title}", latest));
  return true;
}

async function show(link) {
  wanted = link;
  const page = await load(link.href.split("#")[0]);
  if (wanted !== link || !link.isConnected || !fill(page)) return;
  hide();
  document.body.append(card);
  card.showPopover();
  place(link);
  link.setAttribute("aria-describedby", card.id);
  shown = link;
}

/** Puts the card below its link, or above where there is more room. */
function place(link) {
  const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = card;
  const below = at.bottom + height + 8 < innerHeight || at.top < height + 8;
  card.style.left = `${Math.max(8, Math.min(at.left, document.documentElement.clientWidth - width - 8))}px`;
  card.style.top = `${below ? at.bottom + 4 : at.top - height - 4}px`;
}

function hide() {
  clearTimeout(timer);
  if (shown === null) return;
  shown.removeAttribute("aria-describedby");
  shown = null;
  card.remove();
}

function leave() {
  wanted = null;
  hide();
}

/** Takes what happens to a link, or to the card. */
export function take({ type, target, pointerType }) {
  const link = linkAt(target);
  if (type === "focusin") {
    if (link?.matches(":focus-visible")) later(COMES_AFTER, () => show(link));
  } else if (pointerType === "mouse") {
    if (card.contains(target) || (link !== null && link === shown)) clearTimeout(timer);
    else if (link !== null) later(COMES_AFTER, () => show(link));
  }
}

document.addEventListener("pointerover", take);
document.addEventListener("focusin", take);
document.addEventListener("pointerout", ({ target, pointerType }) => {
  if (pointerType === "mouse" && (card.contains(target) || linkAt(target) !== null)) later(GOES_AFTER, leave);
});
document.addEventListener("focusout", leave);
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape") leave();
});
// A page scrolls by itself to what gets the focus.
addEventListener("scroll", () => shown !== null && place(shown), { passive: true });
