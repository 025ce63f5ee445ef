// Runs once in the page: keeps the draft of an answer in this browser and the focus in its box, ticks the clock, and keeps the interview's id in the address, and asks before an end.
(() => {
  const where = () => document.getElementById("where");
  const box = () => document.querySelector("#answer textarea");
  const keyOf = (w) => (w && w.dataset.seq ? `draft:${w.dataset.interview}:${w.dataset.seq}` : null);
  const SETTLE_MS = 3000; // for so long after a question appears, the page may still be filling its boxes
  let shown = null;    // the key whose draft is in the box
  let shownAt = 0;     // when it was first seen here
  let began = 0;       // when the current question was asked, by this browser's clock
  let putting = false; // the input event under way is our own

  const put = (area, text) => {
    putting = true;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(area, text);
    area.dispatchEvent(new Event("input", { bubbles: true }));
    putting = false;
  };

  const keepDraft = (area) => {
    const key = keyOf(where());
    if (!key || putting) return;
    if (area.value) localStorage.setItem(key, area.value); else localStorage.removeItem(key);
  };

  // The page may empty the box while it settles: then the draft goes back in. Emptied later, what was in it has been sent.
  const mindDraft = (area, key) => {
    const draft = localStorage.getItem(key);
    if (!draft || area.value) return;
    if (Date.now() - shownAt < SETTLE_MS) put(area, draft); else localStorage.removeItem(key);
  };

  // The button that was pressed is gone with the old question, and the focus with it: whoever types goes on in the box.
  const mindFocus = (area) => {
    const lost = !document.activeElement || document.activeElement === document.body;
    const typing = document.getElementById("speech")?.dataset.mode === "type" && !area.disabled && area.offsetParent;
    if (lost && typing && navigator.userActivation?.hasBeenActive && Date.now() - shownAt < SETTLE_MS) area.focus();
  };

  const forgetOld = (key) => {
    const prefix = key.slice(0, key.lastIndexOf(":") + 1);
    for (const old of Object.keys(localStorage)) if (old.startsWith(prefix) && old !== key) localStorage.removeItem(old);
  };

  const follow = () => {
    const w = where(), area = box(), key = keyOf(w);
    const query = w && w.dataset.interview ? `?interview=${encodeURIComponent(w.dataset.interview)}` : "";
    const told = document.querySelector("#links a");
    if (query && location.search !== query) history.replaceState(null, "", location.pathname + query);
    if (!query && !told && location.search && document.querySelector("#start")) history.replaceState(null, "", location.pathname);
    if (key && area && key !== shown) {
      shown = key;
      shownAt = Date.now();
      began = Date.now() - 1000 * Number(w.dataset.elapsed || 0);
      forgetOld(key);
    }
    if (key && area) { mindDraft(area, key); mindFocus(area); }
    const clock = document.getElementById("clock");
    if (clock && w.dataset.minutes) {
      const s = Math.max(0, Math.floor((Date.now() - began) / 1000));
      clock.textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")} of about ${w.dataset.minutes} minutes for this question`;
    }
    const notice = document.getElementById("notice");
    if (notice && !notice.getAttribute("role")) { notice.setAttribute("role", "status"); notice.setAttribute("aria-live", "polite"); }
    const live = document.getElementById("live");
    if (live && !live.getAttribute("aria-busy")) live.setAttribute("aria-busy", "true"); // read out when it is whole, in the chat's log
  };

  document.addEventListener("input", (e) => {
    if (e.target === box()) keepDraft(e.target);
  }, true);
  document.addEventListener("click", (e) => {
    if (!e.target.closest) return;
    const ends = e.target.closest("#end, #end-rest");
    if (ends && !window.confirm("End the interview now? What you answered is rated, and no more questions are asked.")) {
      e.preventDefault();
      e.stopImmediatePropagation();
    }
    if (e.target.closest("#send, #clarify")) shownAt = 0; // from here on, an emptied box has been sent
  }, true);
  document.addEventListener("keydown", (e) => {
    if (e.target === box() && e.key === "Enter" && (e.ctrlKey || e.metaKey)) { e.preventDefault(); document.querySelector("#send").click(); }
  }, true);
  setInterval(follow, 250);
})();
