// Copies citations, sets notes beside the text, and loads what shows previews of links when the first link is pointed at or
// reached with the keyboard. Every page is whole without it.

const { preview, words } = document.querySelector("script[data-preview]").dataset;
const WORDS = {
  copy: "Copy",
  "copy-as": "Copy as {style}",
  copied: "Copied",
  marked: "Marked: copy it with the keyboard",
  ...JSON.parse(words ?? "{}"),
};
const EVENTS = ["pointerover", "focusin"];

async function begin(event) {
  if (!(event.target instanceof Element) || event.target.closest("main a[href]") === null) return;
  for (const name of EVENTS) document.removeEventListener(name, begin);
  const { take } = await import(preview);
  take(event);
}
for (const name of EVENTS) document.addEventListener(name, begin);

for (const text of document.querySelectorAll(".citations pre")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = WORDS.copy;
  button.setAttribute("aria-label", WORDS["copy-as"].replace("{style}", text.dataset.style));
  const said = document.createElement("span");
  said.role = "status";
  for (const node of [button, said]) node.dataset.needsJs = "";
  text.after(button, said);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      said.textContent = WORDS.copied;
    } catch {
      getSelection().selectAllChildren(text);
      said.textContent = WORDS.marked;
    }
  });
}

// Footnotes and sources stand at the end, whole; below what is in the rail, where there is one, a copy stands beside the first
// mark that has room there. Who cannot see it misses nothing.
const side = document.querySelector(".side");
const wide = matchMedia("(min-width: 64rem)");
const FAR = 96;

function beside() {
  for (const old of side.querySelectorAll(".sidenote")) old.remove();
  if (!wide.matches) return;
  const { top, bottom } = side.getBoundingClientRect();
  let free = side.lastElementChild?.getBoundingClientRect().bottom ?? top;
  const known = new Set();
  for (const mark of document.querySelectorAll(".prose .footnote-ref a, .prose .cite a")) {
    const of = document.getElementById(decodeURIComponent(mark.hash.slice(1)));
    if (of === null || known.has(of)) continue;
    const line = mark.getBoundingClientRect().top;
    const text = of.cloneNode(true);
    for (const link of text.querySelectorAll("[href^='#'], .grade")) link.remove();
    const note = document.createElement("p");
    note.className = "sidenote";
    note.ariaHidden = "true";
    note.dataset.needsJs = "";
    const number = document.createElement("strong");
    number.textContent = mark.textContent;
    note.append(number, ` ${text.textContent.trim()}`);
    side.append(note);
    const at = Math.max(line, free + 16);
    if (at - line > FAR || at + note.offsetHeight > bottom) {
      note.remove();
      continue;
    }
    note.style.insetBlockStart = `${at - top}px`;
    free = at + note.offsetHeight;
    known.add(of);
  }
}
if (side !== null) new ResizeObserver(beside).observe(side.parentElement);
