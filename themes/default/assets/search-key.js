// The key `/` leads to the search, on every page.

const isTyping = (target) => target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName);

document.addEventListener("keydown", (event) => {
  const isOther = event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented;
  if (isOther || isTyping(event.target)) return;
  const field = document.getElementById("search-field");
  const link = document.querySelector("a[aria-keyshortcuts='/']");
  if (field === null && link === null) return;
  event.preventDefault();
  if (field === null) {
    location.assign(link.href);
  } else {
    field.focus();
    field.select();
  }
});
