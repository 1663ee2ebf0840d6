// Behaviour of the shell that markup alone does not give: tabs of panels, toasts, popovers in older browsers, the theme.
import { startBell } from "./alerts.js";
import { connectThemeForm, revealPasswords } from "./preferences.js";
import { connectTabs } from "./tabs.js";
import { watchToasts } from "./toast.js";
import { connectMenus } from "./menu.js";
import { connectDetails } from "./details.js";
import { startPresence } from "./presence.js";

for (const form of document.querySelectorAll("[data-theme-form]")) connectThemeForm(form);
revealPasswords(document);
connectTabs(document);
connectMenus(document);
connectDetails(document);
watchToasts(document.getElementById("toasts"));
startPresence();
startBell();
