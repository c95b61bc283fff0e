// Before anything is drawn or loaded. A file of its own, since the page runs no script that is written into it.

// The theme, or the page would flash in the other one.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('scenarium-theme');
  } catch (refused) {}
  document.documentElement.dataset.theme =
    choice || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
})();

// Libraries decode the whole address when they load: a part that is not text would leave the page blank.
(function () {
  var parts = location.search.slice(1).split('&');
  var readable = parts.filter(function (part) {
    try {
      decodeURIComponent(part);
      return true;
    } catch (unreadable) {
      return false;
    }
  });
  if (readable.length < parts.length) {
    var search = readable.length > 0 ? '?' + readable.join('&') : '';
    history.replaceState(null, '', location.pathname + search + location.hash);
  }
})();

// Code that does not come leaves nothing to draw with: say so, and offer to open the page again.
(function () {
  function say() {
    var root = document.getElementById('root');
    if (!root || root.firstChild) return;
    var sentence = document.createElement('p');
    sentence.textContent = 'The page could not be fetched. Check the connection and open it again.';
    var button = document.createElement('button');
    button.textContent = 'Open it again';
    button.className = 'button';
    button.onclick = function () {
      location.reload();
    };
    var place = document.createElement('div');
    place.className = 'empty';
    place.setAttribute('role', 'alert');
    place.append(sentence, button);
    root.append(place);
  }
  addEventListener('error', say, true);
  addEventListener('unhandledrejection', say);
})();
