// Before the first paint: a page that is dark must not flash white. src/app/theme.tsx takes over from here.
(() => {
  let chosen = "system";
  try {
    chosen = localStorage.getItem("atelier.theme") || chosen;
  } catch {
    /* storage is off */
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.className = dark ? "theme-dark" : "theme-light";
})();
