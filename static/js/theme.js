// Runs before the first paint, so that a remembered theme never flashes. Everything else is deferred.
(() => {
  const root = document.documentElement;
  const themes = ["auto", "light", "dark"];
  const remembered = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is refused: the system's theme is used
    }
  };
  const show = (theme) => {
    root.dataset.theme = themes.includes(theme) ? theme : "auto";
  };

  root.classList.add("js");
  show(remembered());

  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    show(next);
    try {
      localStorage.setItem("theme", next);
    } catch {
      // kept for this page only
    }
    document.dispatchEvent(new Event("themechange"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new Event("themechange"));
  });
})();
