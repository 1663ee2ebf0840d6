// How pages look to this person, applied at once.

/** Show a theme: "system", "light" or "dark". */
export function applyTheme(value) {
  const root = document.documentElement;
  if (value === "light" || value === "dark") root.dataset.theme = value;
  else delete root.dataset.theme;
}

/** Let the buttons beside password fields show what was typed. */
export function revealPasswords(root) {
  for (const button of root.querySelectorAll("[data-reveal]")) {
    const field = document.getElementById(button.dataset.reveal);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = field.type === "password";
      field.type = shown ? "text" : "password";
      button.setAttribute("aria-pressed", String(shown));
    });
  }
}

/** Apply the theme of the account menu without leaving the page; the server stores it. */
export function connectThemeForm(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = event.submitter?.value ?? "system";
    const body = new FormData(form, event.submitter);
    applyTheme(value);
    try {
      localStorage.setItem("theme", value);
    } catch {
      // The server keeps it.
    }
    for (const button of form.querySelectorAll("[name=theme]")) {
      button.setAttribute("aria-pressed", String(button.value === value));
    }
    fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => {});
  });
}
