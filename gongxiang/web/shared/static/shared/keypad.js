/* The amount of a payment: keys under the thumb on a narrow screen, and what it would give, live.
   The field stays the form's own; the server alone reads the amount. */
(() => {
  'use strict';
  const WAIT = 300, FITS = /^(0|[1-9]\d{0,6})?(\.\d{0,2})?$/;
  const field = document.getElementById('amount'), said = document.getElementById('gives');
  const pad = document.querySelector('.pad'), note = document.getElementById('note');
  if (!field || field.readOnly) return;
  const form = field.form, narrow = matchMedia('(max-width: 39.99rem)');
  let timer, whole = true, asked = field.value;

  document.querySelectorAll('[data-unscripted]').forEach(part => { part.hidden = true; });
  if (pad) {
    const fit = () => {
      // The note wants letters: while it is typed, the system's own keyboard has the room.
      const keys = narrow.matches && document.activeElement !== note;
      pad.hidden = !keys;
      form.classList.toggle('padded', keys);
      field.inputMode = narrow.matches ? 'none' : 'decimal';
    };
    narrow.addEventListener ? narrow.addEventListener('change', fit) : narrow.addListener(fit);
    if (note) ['focus', 'blur'].forEach(event => note.addEventListener(event, fit));
    fit();
    pad.addEventListener('click', event => {
      const key = event.target.closest('[data-key]');
      if (key) press(key.dataset.key);
    });
  }
  field.addEventListener('input', () => { whole = false; later(); });

  function press(key) {
    // What came with the page is replaced by the first key, and corrected by the one that deletes.
    let typed = key === 'back' ? field.value.slice(0, -1) : (whole ? '' : field.value) + key;
    if (typed.startsWith('.')) typed = '0' + typed;
    if (/^0\d/.test(typed)) typed = typed.slice(1);
    whole = false;
    if (!FITS.test(typed)) return;
    field.value = typed;
    later();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }

  async function ask() {
    const amount = field.value;
    if (amount === asked) return;
    try {
      const answer = await fetch(`${form.dataset.estimate}?amount=${encodeURIComponent(amount)}`, { cache: 'no-store' });
      if (!answer.ok || amount !== field.value) return;
      said.innerHTML = await answer.text();
      asked = amount;
    } catch (error) {
      /* Without an answer the line stays what it was; paying works all the same. */
    }
  }
})();
