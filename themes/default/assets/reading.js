// Copies citations, and loads what shows previews of links when the first link is pointed at or reached with the keyboard.
// Every page is whole without it.

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
