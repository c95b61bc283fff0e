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

// Where nothing is drawn (code did not come, or failed): say so, and offer to open the page again.
(function () {
  function notFetched(event) {
    // A script or a style sheet that does not come tells of itself; an import tells by its promise, in each browser's words.
    var reason = event.reason && String(event.reason.message || event.reason);
    return event.target instanceof Element || /fetch|import|load/i.test(reason || '');
  }
  function say(event) {
    var root = document.getElementById('root');
    if (!root || root.firstChild) return;
    var sentence = document.createElement('p');
    sentence.textContent = notFetched(event)
      ? 'The page could not be fetched. Check the connection and open it again.'
      : 'The page failed. Open it again: what was kept is still there.';
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
