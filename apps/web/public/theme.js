// Runs before the first paint, so that a dark page is never light for a moment.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('contractor.theme');
  } catch {
    // Without storage the system decides.
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('pf-v6-theme-dark', dark);
})();
