// Runs once in the page: lists the cases from the page's JSON, filters them, builds a card (cards.js) when it is opened, and opens the one
// that the address names.
(() => {
  "use strict";
  const { make, quiet, inside } = shapes;
  const PAGE = 50;     // cards that are listed at a time
  const SETTLE_MS = 150;

  const cards = JSON.parse(document.getElementById("data").textContent);
  const byKey = new Map(cards.map((card) => [card.key, card]));
  const at = (id) => document.getElementById(id);

  // ------------------------------------------------------------------------- cards, closed and open

  const is = {
    moved: (card) => card.moves.length > 0,
    unscored: (card) => card.rows.some((r) => r.value === null),
    wrong: (card) => card.rows.some((r) => r.wrong),
  };
  const LOOKS = { moved: "new", unscored: "inconclusive", wrong: "fail" };

  const build = (card) => { if (card.element.children.length === 1) card.element.append(inside(card)); };

  const element = (card) => {
    if (card.element) return card.element;
    const badges = Object.keys(is).filter((name) => is[name](card)).map((name) => make("span", { class: `badge ${LOOKS[name]}` }, name));
    const key = make("strong", {}, make("bdi", {}, card.key));
    const summary = make("summary", {}, key, quiet(make("bdi", {}, card.cluster)), badges);
    card.element = make("details", { class: "card" }, summary);
    card.element.addEventListener("toggle", () => { if (card.element.open) build(card); });
    return card.element;
  };

  // ------------------------------------------------------------------------- filters, pages, and the case in the address

  let matching = cards;
  let listed = 0;

  const texts = (value) => (typeof value === "object" && value !== null ? Object.values(value).map(texts).join(" ") : String(value ?? ""));
  const haystack = (card) => {
    const rows = card.rows.map((r) => [r.measure, r.case, r.why]);
    return (card.haystack ??= texts([card.key, card.cluster, card.made, rows]).toLowerCase());
  };

  const listMore = () => {
    const next = matching.slice(listed, listed + PAGE).map(element);
    at("list").append(...next);
    listed += next.length;
    at("more").hidden = listed >= matching.length;
    at("count").textContent = `${matching.length} of ${cards.length} cases match; ${listed} are listed.`;
    return next;
  };

  const filter = () => {
    const suite = at("suite").value, asked = at("words").value.toLowerCase().split(/\s+/).filter(Boolean);
    const only = Object.keys(is).filter((name) => at(`only-${name}`).checked);
    matching = cards.filter((card) => (!suite || card.suite === suite) && only.every((name) => is[name](card))
      && asked.every((word) => haystack(card).includes(word)));
    at("list").replaceChildren();
    listed = 0;
    listMore();
  };

  const named = () => {
    try { return byKey.get(decodeURIComponent(location.hash.slice(1))); } catch { return undefined; } // a stray % is no key
  };

  const openNamed = () => {
    const card = named();
    if (!card) return;
    if (!matching.includes(card)) { at("filters").reset(); filter(); }
    while (matching.indexOf(card) >= listed) listMore();
    document.querySelectorAll(".card.asked").forEach((other) => other.classList.remove("asked"));
    build(card);
    card.element.open = true;
    card.element.classList.add("asked");
    card.element.firstChild.focus({ preventScroll: true });
    card.element.scrollIntoView();
  };

  let settling = 0;
  for (const suite of [...new Set(cards.map((c) => c.suite))].sort()) at("suite").append(make("option", { value: suite }, suite));
  at("words").addEventListener("input", () => { clearTimeout(settling); settling = setTimeout(filter, SETTLE_MS); });
  at("filters").addEventListener("change", (e) => { if (e.target !== at("words")) filter(); });
  at("filters").addEventListener("submit", (e) => { e.preventDefault(); filter(); });
  at("more").addEventListener("click", () => listMore()[0]?.firstChild.focus());
  document.addEventListener("click", (e) => {
    const link = e.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) openNamed(); // the address does not change, so nothing else would tell
  });
  window.addEventListener("hashchange", openNamed);
  filter();
  openNamed();
})();
