// Runs before the first paint: a visitor's theme from this browser, unless the server knows the person's own.
(() => {
  const root = document.documentElement;
  const read = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };
  const chosen = read();
  if (!root.dataset.theme && (chosen === "light" || chosen === "dark")) root.dataset.theme = chosen;
})();
