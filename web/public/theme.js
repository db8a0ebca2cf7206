// Runs before the first paint, so that a chosen theme does not flash.
(() => {
  const theme = localStorage.getItem("millrace.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  const density = localStorage.getItem("millrace.density");
  if (density === "compact") document.documentElement.dataset.density = density;
})();
