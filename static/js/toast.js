// Toasts say what was done and offer the way back; they leave by themselves, but never while somebody reads or reaches for them.
const MOST = 3;

function leaveLater(toast) {
  let timer = 0;
  const held = () => toast.matches(":hover, :focus-within");
  const leave = () => (held() ? wait() : toast.remove());
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, 1000 * Number(toast.dataset.toast || 6));
  };
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  wait();
}

/** Let every toast that enters the region leave again; at most three stay. */
export function watchToasts(region) {
  if (!region) return;
  const adopt = () => {
    const toasts = [...region.querySelectorAll("[data-toast]")];
    for (const toast of toasts.slice(0, -MOST)) toast.remove();
    for (const toast of toasts.slice(-MOST)) {
      if (toast.dataset.leaving) continue;
      toast.dataset.leaving = "1";
      leaveLater(toast);
    }
  };
  new MutationObserver(adopt).observe(region, { childList: true });
  adopt();
}

/** Show a toast made in the browser, such as a refused request; text only. */
export function toast(text, seconds = 6) {
  const region = document.getElementById("toasts");
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.toast = String(seconds);
  box.append(text);
  region?.append(box);
  return box;
}
