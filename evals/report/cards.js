// What a case looks like: builds the inside of its card from plain JSON of any form. Every word is set as text: nothing that a case says
// becomes markup. A key that is missing is said to be missing.
const shapes = (() => {
  "use strict";
  const FAR = 2;       // levels from which on a difference is emphasised
  const DEEP = 6;      // from here on, values within values are shown as JSON
  const KNOWN = ["embedded", "model"]; // raters whose evidence has a look of its own
  const UNSEEN =
    /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

  // ------------------------------------------------------------------------- values of any form

  const plain = (value) => String(value).replace(UNSEEN, "\ufffd");
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const isNumber = (value) => typeof value === "number";
  const isText = (value) => typeof value === "string" && value !== "";
  const list = (value) => (Array.isArray(value) ? value : []);
  const names = (value) => (isObject(value) ? Object.keys(value) : []);
  const get = (value, ...path) => path.reduce((v, name) => (isObject(v) && Object.hasOwn(v, name) ? v[name] : undefined), value);
  const number = (value) => (Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toFixed(3))));
  const scored = (value, none = "not scored") => (isNumber(value) ? number(value) : isText(value) ? value : none);

  // ------------------------------------------------------------------------- elements

  const make = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    for (const child of children.flat(Infinity).filter((c) => c !== null && c !== undefined)) {
      made.append(child instanceof Node ? child : plain(child));
    }
    return made;
  };
  const words = (name, ...children) => make(name, { class: "words", dir: "auto" }, children);
  const quiet = (...children) => make("span", { class: "quiet" }, children);
  const folded = (says, ...children) => make("details", {}, make("summary", {}, says), children);

  // Rows of cells, the first of which is the row's heading. Roles are said, since a narrow window lays tables out as blocks.
  const table = (heads, rows) => {
    const head = make("tr", { role: "row" }, heads.map((h) => make("th", { scope: "col", role: "columnheader" }, h)));
    const body = rows.map(([first, ...others]) => make("tr", { role: "row" },
      make("th", { scope: "row", role: "rowheader" }, words("span", first)),
      others.map((cell, n) => make("td", { role: "cell", "data-head": heads[n + 1] }, words("span", cell)))));
    const inside = make("table", { role: "table" }, make("thead", { role: "rowgroup" }, head), make("tbody", { role: "rowgroup" }, body));
    return make("div", { class: "wide" }, inside);
  };

  // Whatever it is, as it is.
  const shown = (value, depth = 0) => {
    if (value === null || value === undefined) return quiet("none");
    if (value === "") return quiet("empty");
    if (typeof value !== "object") return words("span", isNumber(value) ? number(value) : value);
    if (depth >= DEEP) return make("pre", {}, JSON.stringify(value, null, 1));
    const inside = Object.keys(value);
    if (!inside.length) return quiet("none");
    if (Array.isArray(value)) return make("ol", {}, value.map((v) => make("li", {}, shown(v, depth + 1))));
    return make("dl", {}, inside.map((k) => [make("dt", {}, make("bdi", {}, k)), make("dd", {}, shown(value[k], depth + 1))]));
  };

  const rest = (made, known) => {
    const others = names(made).filter((name) => !known.includes(name));
    return others.length ? folded("What else is known", shown(Object.fromEntries(others.map((name) => [name, made[name]])))) : null;
  };

  // ------------------------------------------------------------------------- evidence in an answer

  const pattern = (quote) => {
    const told = quote.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(told.join("\\s+"), "giu"); // a quote may have other spaces and capitals than the answer
  };

  const places = (answer, quote) => {
    if (!isText(quote) || !quote.trim()) return [];
    return [...answer.matchAll(pattern(plain(quote)))].map((m) => ({ from: m.index, to: m.index + m[0].length }));
  };

  const looks = (raters) => [...new Set(raters.map((r) => (KNOWN.includes(r) ? r : "other")))].join(" ");

  // The answer in pieces that the same quotes cover, each marked with who quotes it and for which criterion.
  const marked = (answer, quotes) => {
    const found = quotes.flatMap((q) => places(answer, q.quote).map((place) => ({ ...q, ...place })));
    const ends = [...new Set([0, answer.length, ...found.flatMap((f) => [f.from, f.to])])].sort((a, b) => a - b);
    return ends.slice(1).map((end, n) => {
      const text = answer.slice(ends[n], end);
      const over = found.filter((f) => f.from <= ends[n] && end <= f.to);
      if (!over.length) return document.createTextNode(text);
      const title = plain([...new Set(over.map((f) => `${f.rater}: ${f.criterion}`))].join("; "));
      return make("mark", { class: looks(over.map((f) => f.rater)), title }, text);
    });
  };

  // What each look of the marks means, of those raters whose quotes there are.
  const legend = (quotes) => {
    const raters = [...new Set(quotes.map((q) => q.rater))];
    const told = raters.map((r) => make("mark", { class: looks([r]) }, `evidence of ${r}`));
    if (raters.length > 1) told.push(make("mark", { class: looks(raters) }, "of both"));
    return told.length ? make("p", { class: "legend quiet" }, told) : null;
  };

  // ------------------------------------------------------------------------- a card of ratings

  const ratersOf = (made) => [...new Set([...KNOWN, ...names(get(made, "ratings"))])];

  const criteriaOf = (made) => {
    const told = new Map();
    for (const c of list(get(made, "criteria"))) if (isText(get(c, "id"))) told.set(c.id, scored(get(c, "name"), c.id));
    const ids = [...names(get(made, "references")), ...ratersOf(made).flatMap((r) => names(get(made, "ratings", r)))];
    for (const id of ids) if (!told.has(id)) told.set(id, id);
    return [...told].map(([id, name]) => ({ id, name }));
  };

  const quotesOf = (made) => ratersOf(made).flatMap((rater) => criteriaOf(made).flatMap(({ id, name }) => {
    const evidence = list(get(made, "ratings", rater, id, "evidence"));
    return evidence.map((e) => ({ rater, criterion: name, turn: get(e, "turn"), quote: get(e, "quote") }));
  }));

  const rated = (rating, reference) => {
    if (!isObject(rating)) return quiet("not run");
    const level = get(rating, "level"), expected = get(rating, "expected");
    const value = isNumber(level) ? level : expected;
    if (!isNumber(value)) return make("span", { title: plain(scored(get(rating, "reason"), "no reason is given")) }, "unrated");
    const told = [isNumber(level) ? number(level) : "no level", isNumber(expected) ? quiet(` (expected ${expected.toFixed(1)})`) : null];
    if (!isNumber(reference) || Math.abs(value - reference) < 0.005) return told;
    const off = Math.abs(value - reference), says = `${value > reference ? "+" : "\u2212"}${number(off)}`;
    return [told, " ", off >= FAR ? make("span", { class: "far-off" }, `${says} far off`) : make("span", { class: "off" }, says)];
  };

  // A row is of a criterion where its case ends with the criterion's id, and of a rater where a part of its measure is the rater's name.
  const isOf = (row, rater, end) => {
    if (!isNumber(row.reference) || !row.measure.split(/[^A-Za-z0-9]+/).includes(rater) || !row.case.endsWith(end)) return false;
    return row.case === end || /[^A-Za-z0-9-]/.test(row.case[row.case.length - end.length - 1]);
  };

  const inBaseline = (card, raters, end) => raters.flatMap((rater) => {
    const row = card.rows.find((r) => Object.hasOwn(r, "before") && isOf(r, rater, end));
    return row ? [`${rater} ${scored(row.before, "unrated")}${row.before === row.value ? "" : " (moved)"}`] : [];
  }).join(", ") || "none";

  const turn = (asked, quotes) => {
    const answer = plain(scored(get(asked, "answer"), ""));
    const told = answer ? marked(answer, quotes) : "no answer";
    return [words("p", scored(get(asked, "question"), "no question")), make("blockquote", { dir: "auto" }, told)];
  };

  const reason = (rating, answers) => {
    const told = [get(rating, "reason"), get(rating, "rationale")].filter(isText).map((text) => words("p", text));
    const quotes = list(get(rating, "evidence")).map((e) => get(e, "quote")).filter(isText);
    const missing = (quote) => (answers.some((a) => places(a, quote).length) ? null : make("strong", {}, " (not in the answer)"));
    return quotes.length ? [told, make("ul", {}, quotes.map((q) => words("li", q, missing(q))))] : told;
  };

  const reasons = (made) => {
    const answers = list(get(made, "turns")).map((t) => plain(scored(get(t, "answer"), "")));
    const found = ratersOf(made).flatMap((rater) => criteriaOf(made).map(({ id, name }) =>
      [`${rater}: ${name}`, reason(get(made, "ratings", rater, id), answers)]));
    const told = found.filter(([, inside]) => inside.length).map(([says, inside]) => [make("dt", {}, says), make("dd", {}, inside)]);
    return told.length ? folded("Reasons and quotes", make("dl", {}, told)) : null;
  };

  // The levels of each criterion of one item, beside reference and baseline, and what they rest on. Cases of its rows end with `before` and
  // the criterion's id.
  const judged = (card, made, before = "") => {
    const raters = ratersOf(made);
    const row = ({ id, name }) => {
      const reference = get(made, "references", id), levels = raters.map((r) => rated(get(made, "ratings", r, id), reference));
      return [name, scored(reference, "none"), ...levels, inBaseline(card, raters, before + id)];
    };
    const rows = criteriaOf(made).map(row);
    return [rows.length ? table(["criterion", "reference", ...raters, "in the baseline"], rows) : null, reasons(made)];
  };

  const ratings = (card) => {
    const made = card.made, turns = list(get(made, "turns")), question = get(made, "question"), quotes = quotesOf(made);
    const of = (n) => quotes.filter((q) => !isNumber(q.turn) || q.turn === n);
    return [
      isText(question) && get(turns[0], "question") !== question ? words("p", question) : null,
      turns.length ? turns.map((t, n) => [make("h4", {}, `Turn ${n + 1}`), turn(t, of(n))]) : make("p", {}, "No turns are kept."),
      legend(quotes),
      judged(card, made),
      rest(made, ["item", "question", "turns", "criteria", "references", "ratings"]),
    ];
  };

  // ------------------------------------------------------------------------- other cards

  // What an interview has of one item, in the form of a rating.
  const ofItem = (made, item) => ({
    turns: list(get(made, "talk")).filter((t) => get(t, "item_id") === item),
    criteria: get(made, "criteria", item), references: get(made, "references", item), ratings: get(made, "ratings", item),
  });

  const said = (one, n, quotes) => [
    make("h4", {}, `${n + 1}. ${scored(get(one, "kind"), "said")}`, isText(get(one, "by")) ? quiet(`, by ${one.by}`) : null),
    turn(one, quotes),
    rest(one, ["kind", "by", "question", "answer"]),
  ];

  const interviews = (card) => {
    const made = card.made, items = names(get(made, "ratings"));
    const quotes = new Map(items.map((item) => [item, quotesOf(ofItem(made, item))]));
    return [
      make("div", {}, make("strong", {}, "Persona: "), shown(get(made, "persona"))),
      list(get(made, "talk")).map((one, n) => said(one, n, quotes.get(get(one, "item_id")) ?? [])),
      legend([...quotes.values()].flat()),
      items.map((item) => [make("h4", {}, `Ratings of ${item}`), judged(card, ofItem(made, item), `${item}/`)]),
      rest(made, ["persona", "talk", "criteria", "references", "ratings"]),
    ];
  };

  const body = (card) => {
    if (card.made === null) return make("p", {}, "No output of this case is kept in this run.");
    if (Array.isArray(get(card.made, "talk"))) return interviews(card);
    return card.suite === "ratings" || Array.isArray(get(card.made, "turns")) ? ratings(card) : shown(card.made);
  };

  const move = (m) => {
    const by = m.worse > 0 ? `worse by ${number(m.worse)}` : m.worse < 0 ? `better by ${number(-m.worse)}` : "neither better nor worse";
    const reference = isNumber(m.reference) ? `, reference ${number(m.reference)}` : "";
    return words("li", `Moved in ${m.measure}, ${m.case}: ${scored(m.before)} \u2192 ${scored(m.after)}${reference}, ${by}. ${m.why}`);
  };

  const scores = (card) => {
    if (!card.rows.length) return null;
    const before = (r) => (Object.hasOwn(r, "before") ? scored(r.before) : "none");
    const cells = (r) => [r.measure, r.case, scored(r.value), scored(r.reference, "none"), before(r), r.wrong ? "wrong" : "", r.why];
    const rows = card.rows.map(cells);
    const heads = ["measure", "case", "value", "reference", "in the baseline", "wrong", "why"];
    return folded(`What was scored: ${rows.length} ${rows.length === 1 ? "row" : "rows"}`, table(heads, rows));
  };

  const inside = (card) => make("div", {},
    card.moves.length ? make("ul", {}, card.moves.map(move)) : null,
    body(card),
    scores(card),
    make("p", { class: "quiet" }, make("a", { href: `#${encodeURIComponent(card.key)}` }, "Link to this case")));

  return { make, quiet, inside };
})();
