/* WeChat's own sheet for cash that waits: it opens inside WeChat alone; the server says how it ended. */
(() => {
  'use strict';
  const button = document.getElementById('confirm');
  if (!button) return;
  button.addEventListener('click', () => {
    const bridge = window.WeixinJSBridge;
    if (!bridge) return;
    const { mchid, appid } = button.dataset;
    const words = { mchId: mchid, appId: appid, package: button.dataset.package };
    bridge.invoke('requestMerchantTransfer', words, () => location.reload());
  });
})();
