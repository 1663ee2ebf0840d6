// Rules change places by dragging; the buttons beside them do the same without a mouse and without this script.
const list = document.querySelector("[data-rules]");
const drop = document.getElementById("rule-drop");

if (list && drop) {
  let dragged = null;

  for (const handle of list.querySelectorAll("[data-handle]")) {
    handle.hidden = false;
    handle.draggable = true;
  }

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-handle]") && event.target.closest("[data-rule]");
    if (!dragged) {
      return;
    }
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.dataset.rule);
    event.dataTransfer.setDragImage(dragged, 16, 16);
    dragged.classList.add("is-dragged");
  });

  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-rule]");
    if (!dragged || !over) {
      return;
    }
    event.preventDefault();
    if (over === dragged) {
      return;
    }
    const box = over.getBoundingClientRect();
    const above = event.clientY < box.top + box.height / 2;
    list.insertBefore(dragged, above ? over : over.nextElementSibling);
  });

  list.addEventListener("drop", (event) => {
    if (!dragged) {
      return;
    }
    event.preventDefault();
    const moves = dragged.querySelector(".rule-moves");
    drop.action = moves.action;
    drop.elements.before.value = dragged.nextElementSibling?.dataset.rule ?? "";
    dragged.dataset.dropped = "";
    drop.requestSubmit();
  });

  list.addEventListener("dragend", () => {
    if (dragged && dragged.dataset.dropped === undefined) {
      // Let go outside the list: everything is where it was.
      window.location.reload();
    }
    dragged?.classList.remove("is-dragged");
    dragged = null;
  });
}
