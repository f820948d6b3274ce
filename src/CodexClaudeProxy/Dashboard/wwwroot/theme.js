// Not a module: it runs before the first paint, so that the page never flashes in the other theme.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem('theme'); } catch { /* storage is switched off: the system's theme it is */ }
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen;
})();
