/* WeChat's own sheets: they open inside WeChat alone, and the server says how it ended. */
(() => {
  'use strict';
  const OPENED = 'sheet';
  let busy = false;

  function open(button) {
    if (busy) return;
    busy = true;
    const { sheet, words } = button.dataset;
    window.WeixinJSBridge.invoke(sheet, JSON.parse(words), told => {
      busy = false;
      const asked = document.getElementById('asked');
      if (asked && /:ok$/.test(told.err_msg)) asked.submit();
      else location.reload();
    });
  }

  function first() {
    const button = document.querySelector('[data-first]');
    if (!button || sessionStorage.getItem(OPENED) === button.dataset.first) return;
    sessionStorage.setItem(OPENED, button.dataset.first);
    open(button);
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-sheet]');
    if (button && window.WeixinJSBridge) open(button);
  });
  if (window.WeixinJSBridge) first();
  else document.addEventListener('WeixinJSBridgeReady', first, { once: true });
})();
