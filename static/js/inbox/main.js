// The inbox: every listener sits on the document, so that what is swapped in later works too.
import { startClocks } from "./clocks.js";
import { connectComposer } from "./composer.js";
import { connectDrafts } from "./drafts.js";
import { connectHotkeys } from "./hotkeys.js";
import { startFocus } from "./focus.js";
import { startLive } from "./live.js";
import { connectQueue, mergeQueue } from "./queue.js";
import { connectQuickReplies } from "./quick_replies.js";
import { registerSwaps } from "./swaps.js";
import { connectThread, mergeTail, settle } from "./thread.js";

function afterSwap(event) {
  const { ctx } = event.detail ?? {};
  const pushed = ctx?.hx?.pushurl || ctx?.sourceElement?._htmx?.boosted;
  if (pushed && ctx.title) document.title = ctx.title;
  if (ctx?.response?.status === 200) ctx.sourceElement?.closest?.("[popover]:popover-open")?.hidePopover();
  const opens = ctx?.sourceElement?.dataset?.opens;
  if (opens && ctx.response?.status === 200) document.getElementById(opens)?.showModal();
  settle();
  document.dispatchEvent(new CustomEvent("composer:swapped"));
}

// The demo shows the inbox in a frame, beside a navigation of its own.
document.body.classList.toggle("is-embedded", window.self !== window.top);
registerSwaps(window.htmx, { mergeQueue, mergeTail });
connectQueue();
connectThread();
connectQuickReplies();
connectComposer();
connectDrafts();
connectHotkeys();
document.addEventListener("htmx:after:swap", afterSwap);
settle();
startClocks();
startLive();
startFocus();
