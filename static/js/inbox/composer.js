// Sending: what was typed leaves the text area only when the server has it.
import { forget, forgetSent, keep, key, pause } from "./drafts.js";
import { send } from "./live.js";
import { close as closeQuickReplies } from "./quick_replies.js";
import { openTicket, review, seenSeq, tailStart } from "./thread.js";
import { say } from "./words.js";
import { toast } from "../toast.js";

const TYPING_EVERY = 3000;
const submitted = new Map();
let typedAt = 0;

function tellTyping(on) {
  const ticket = Number(openTicket());
  if (!ticket) return;
  if (on && Date.now() - typedAt < TYPING_EVERY) return;
  if (!on && !typedAt) return;
  typedAt = on ? Date.now() : 0;
  send({ type: "typing", ticket, on });
}

/** What every action carries: what the person has seen, and from where on the page wants its lines anew. */
function addFacts(event) {
  const { ctx } = event.detail;
  const body = ctx.request.body;
  if (ctx.request.method !== "POST" || !(body instanceof FormData)) return;
  const form = ctx.sourceElement.closest("form");
  const field = form?.elements.text;
  if (field && body.has("client_id")) submitted.set(body.get("client_id"), { text: body.get("text"), name: key(field) });
  if (form?.id === "reply-form") pause();
  if (!document.getElementById("timeline")) return;
  if (body.has("seen_seq")) body.set("seen_seq", String(seenSeq()));
  body.set("from", tailStart());
  body.set("composer", document.getElementById("composer")?.dataset.state ?? "");
}

function accepted({ form: id, sent: sentId, client_id: clientId }) {
  const form = document.getElementById(id);
  const field = form?.elements.text;
  const { text: sent, name } = submitted.get(sentId) ?? { text: "", name: "" };
  submitted.delete(sentId);
  if (!field || (name && name !== key(field))) {
    forgetSent(name, sent);
    return;
  }
  form.elements.client_id.value = clientId;
  // Typing goes on while a message is under way; only what was sent is taken out.
  if (field.value === sent || field.value.replaceAll("\r\n", "\n") === sent) field.value = "";
  else if (field.value.startsWith(sent)) field.value = field.value.slice(sent.length).trimStart();
  if (field.value) keep(field);
  else forget(field);
  document.getElementById("composer-stale")?.replaceChildren();
  closeQuickReplies();
  tellTyping(false);
  review();
}

function restore({ text }) {
  const field = document.getElementById("reply-text");
  if (!field || !text || field.readOnly) return;
  field.value = field.value.trim() ? `${text}\n${field.value}` : text;
  document.getElementById("tab-reply")?.click();
  field.focus();
  keep(field);
}

function keepReply() {
  const field = document.getElementById("reply-text");
  if (field?.value) keep(field);
}

export function connectComposer() {
  document.addEventListener("htmx:config:request", addFacts);
  document.addEventListener("composer:accepted", (event) => accepted(event.detail));
  document.addEventListener("composer:restore", (event) => restore(event.detail));
  document.addEventListener("dialog:close", () => document.querySelector("dialog[open]")?.close());
  document.addEventListener("action:refused", (event) => {
    keepReply();
    const line = document.querySelector("dialog[open] [data-dialog-error]");
    if (!line) return;
    line.textContent = event.detail.text;
    line.hidden = false;
  });
  document.addEventListener("htmx:error", (event) => {
    keepReply();
    const method = event.detail.ctx?.request?.method;
    if (method === "POST") toast(say("notSent"), 12);
    else if (method) toast(say("notDone"));
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { status } = event.detail.ctx.response;
    if (status !== 409 && status !== 401) toast(say("notDone"));
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-do=review]")) return;
    event.preventDefault();
    review();
    document.getElementById("composer-stale")?.replaceChildren();
    document.getElementById("reply-text")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target.closest?.("#reply-form, #note-form");
    if (!form || event.target.readOnly) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "reply-text") tellTyping(Boolean(event.target.value.trim()));
  });
  document.addEventListener("focusout", (event) => {
    if (event.target.id === "reply-text") tellTyping(false);
  });
}
