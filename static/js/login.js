// The log-in page: show the password, fill in a log-in of the demo, remember the theme in this browser.
import { applyTheme, revealPasswords } from "./preferences.js";

revealPasswords(document);

for (const person of document.querySelectorAll("[data-fill-username]")) {
  person.addEventListener("click", () => {
    const form = document.getElementById("login-form");
    form.elements.username.value = person.dataset.fillUsername;
    form.elements.password.value = person.dataset.fillPassword;
    form.requestSubmit();
  });
}

for (const form of document.querySelectorAll("[data-submit-on-change]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

const theme = document.querySelector("[data-theme-choice]");
if (theme) {
  theme.hidden = false;
  theme.elements.theme.value = document.documentElement.dataset.theme ?? "system";
  theme.addEventListener("change", () => {
    const value = theme.elements.theme.value;
    applyTheme(value);
    try {
      localStorage.setItem("theme", value);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  });
}
