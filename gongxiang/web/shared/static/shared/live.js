/* A page that learns of arrivals: it listens, reads itself again, says when it is blind. */
(() => {
  'use strict';
  const QUIET = 5000, RING = 'sound';
  const data = document.body.dataset;
  const one = name => document.querySelector(`[data-${name}]`);
  const show = (name, on) => { const part = one(name); if (part) part.hidden = !on; };
  const count = () => Number(data.count || 0);
  const skew = data.now ? data.now - Date.now() : 0;
  let source, heard = Date.now(), asked = heard, again = 0, due = false, reading, blind, seen, sound;

  async function read() {
    due = true;
    if (reading) return;
    reading = true;
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), QUIET - 1000);
    try {
      while (due) {
        due = false;
        asked = Date.now();
        const answer = await fetch(location.href, { cache: 'no-store', signal: stop.signal });
        if (answer.redirected) return location.replace(answer.url);
        if (answer.status >= 400 && answer.status < 500) return location.reload();
        if (!answer.ok) throw answer;
        take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
      }
    } catch (error) {
      due = true;
    } finally {
      clearTimeout(timer);
      reading = false;
    }
  }

  function take(page) {
    const before = data.last;
    document.querySelectorAll('[data-part]').forEach(part => {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (fresh && fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
    });
    Object.assign(data, page.body.dataset);
    heard = Date.now();
    if (blind) {
      show('lost', blind = false);
      const missed = count() - seen;
      if (missed > 0) one('missed').textContent = missed;
      show('back', missed > 0);
    }
    if (data.last !== before) ring();
  }

  function listen() {
    if (source) source.close();
    source = new EventSource(data.live);
    source.addEventListener('now', read);
    source.addEventListener('beat', () => { if (!due) heard = Date.now(); });
  }

  function watch() {
    const now = Date.now(), quiet = now - heard;
    if (quiet > QUIET && !blind) {
      blind = true;
      seen = count();
      show('back', false);
      show('lost', true);
    }
    if (now - asked > (quiet > QUIET - 1500 ? 3000 : 1000 * (data.again || 30))) read();
    if (source.readyState === 2 && now > again) {
      again = now + 2000 + 3000 * Math.random();
      read().then(listen);
    }
    document.querySelectorAll('[data-until]').forEach(part => {
      const left = Math.max(0, Math.ceil((part.dataset.until - now - skew) / 1000));
      part.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
      if (!left) read();
    });
  }

  const button = one('ring'), isOn = () => (localStorage.getItem(RING) || data.loud) === 'on';

  function ring() {
    const words = one('say'), voice = window.speechSynthesis;
    if (!button || !isOn() || !words) return;
    if (voice && voice.getVoices().some(each => /^zh/.test(each.lang))) {
      const said = new SpeechSynthesisUtterance(words.dataset.say);
      said.lang = 'zh-CN';
      voice.speak(said);
    } else if (sound) {
      [880, 1175].forEach((tone, place) => {
        const bell = sound.createOscillator(), from = sound.currentTime + place * .2;
        bell.frequency.value = tone;
        bell.connect(sound.destination);
        bell.start(from);
        bell.stop(from + .17);
      });
    }
  }

  if (button) {
    const label = () => {
      button.lastChild.data = isOn() ? '播报开' : '播报关';
      button.setAttribute('aria-pressed', isOn());
    };
    button.hidden = false;
    label();
    document.addEventListener('click', () => {
      sound = new (window.AudioContext || window.webkitAudioContext)();
    }, { once: true });
    button.addEventListener('click', () => {
      localStorage.setItem(RING, isOn() ? 'off' : 'on');
      label();
      ring();
    });
  }
  listen();
  setInterval(watch, 1000);
})();
