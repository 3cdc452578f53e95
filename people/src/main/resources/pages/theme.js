// Runs before the first paint, so that a chosen theme does not flash the other one.
(() => {
  const themes = ["auto", "light", "dark"];
  const labels = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };
  const stored = () => {
    try {
      const value = localStorage.getItem("rlhf-theme");
      return themes.includes(value) ? value : "auto";
    } catch {
      return "auto";
    }
  };
  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) {
      button.setAttribute("aria-label", labels[theme]);
      button.title = labels[theme];
    }
    window.dispatchEvent(new Event("theme"));
  };
  apply(stored());
  document.addEventListener("DOMContentLoaded", () => {
    apply(stored());
    document.getElementById("theme")?.addEventListener("click", () => {
      const next = themes[(themes.indexOf(stored()) + 1) % themes.length];
      try {
        localStorage.setItem("rlhf-theme", next);
      } catch {
        // Without storage the theme holds for this page only.
      }
      apply(next);
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(stored()));
})();
