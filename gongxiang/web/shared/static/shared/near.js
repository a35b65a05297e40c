/* Finding by distance: shown only where it works, asks after a tap, sends the position once. */
(() => {
  'use strict';
  const MICRO = 1e6;
  const form = document.querySelector('[data-here]');
  if (!form || !navigator.geolocation) return;
  const said = form.querySelector('[data-said]');
  const button = form.querySelector('button');
  const say = words => { said.textContent = words; button.disabled = false; };
  form.hidden = false;
  form.addEventListener('submit', event => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = '正在问手机';
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      form.elements.latitude.value = Math.round(coords.latitude * MICRO);
      form.elements.longitude.value = Math.round(coords.longitude * MICRO);
      form.submit();
    }, () => say('没有拿到位置。选一个区，一样能找'), { timeout: 8000, maximumAge: 60000 });
  });
})();
