// Report pages stay fresh: they ask whether anything new is counted, and take it in where it stands. The server answers
// 204 when nothing is, so that asking is cheap; scroll, focus and opened tables are kept by morphing.
const EVERY = 2_000;
const report = () => document.getElementById("report");

// The server sends all details closed; whoever opened one wants it open.
globalThis.htmx?.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, { attrName }) => !(attrName === "open" && element.localName === "details"),
});

function selecting() {
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && report()?.contains(selection.anchorNode);
}

function look() {
  const page = report();
  if (page && document.visibilityState === "visible" && !selecting()) globalThis.htmx?.trigger(page, "report:look");
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
