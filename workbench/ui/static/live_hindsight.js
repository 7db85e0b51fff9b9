// What became of those who slipped in past rounds, or are expected to, at the slider's position: read from the curve that came once. A typed
// value may lie between two positions; then the kernel's count of the value itself is shown.
const near = (a, b) => Math.abs(a - b) < 1e-6;

function counts(model, outcomes) {
  const [value, curve, exact] = [model.get("value"), model.get("curve"), model.get("exact")];
  if (near(exact.position, value) && !near(exact.value, exact.position)) return exact;
  // What is not valid has no figures: those of the last valid choice stay, as in the figures above.
  if (model.get("facts").stale && exact.outcomes !== undefined) return exact;
  const at = Math.round((value - curve.minimum) / curve.step);
  if (curve.rounds?.[0]?.inside[at] === undefined) return near(exact.position, value) ? exact : null;
  const rounds = curve.rounds.map((each) => ({ inside: each.inside[at], cannot_tell: each.cannot_tell[at], caught: each.caught[at] }));
  return { outcomes: Object.fromEntries(outcomes.map((name) => [name, curve.outcomes[name][at]])), rounds };
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function part(texts, name, pick) {
  const button = element("button", "wb-past-part");
  button.type = "button";
  button.dataset.outcome = name;
  button.append(element("span", `wb-past-mark wb-past-${name}`), element("span", "wb-past-of"), element("span", "wb-past-label", texts.outcomes[name]), element("span", "wb-past-count"));
  button.addEventListener("click", () => pick(name));
  return button;
}

function table(texts) {
  const made = element("table", "wb-table");
  made.dataset.table = "past-rounds";
  const head = made.createTHead().insertRow();
  texts.columns.forEach((text, place) => {
    const cell = element("th", place ? "wb-number" : "", text);
    cell.scope = "col";
    head.append(cell);
  });
  made.createTBody();
  return made;
}

function render({ model, el }) {
  const texts = model.get("texts");
  const outcomes = Object.keys(texts.outcomes);
  const number = (value) => new Intl.NumberFormat(texts.locale, { minimumFractionDigits: texts.digits ?? 0, maximumFractionDigits: texts.digits ?? 0 }).format(value);
  const percent = (value) => new Intl.NumberFormat(texts.locale, { style: "percent", minimumFractionDigits: texts.share_digits ?? 1, maximumFractionDigits: texts.share_digits ?? 1 }).format(value);
  const pick = (name) => {
    model.set("chosen", model.get("chosen") === name ? "" : name);
    model.save_changes();
  };
  const box = element("div", "wb-past");
  box.dataset.picture = texts.picture;
  const said = element("p", "wb-past-said");
  said.setAttribute("role", "status");
  const bar = element("div", "wb-past-bar");
  bar.setAttribute("aria-hidden", "true");
  const segments = Object.fromEntries(outcomes.map((name) => [name, element("span", `wb-past-${name}`)]));
  bar.append(...Object.values(segments));
  const parts = Object.fromEntries(outcomes.map((name) => [name, part(texts, name, pick)]));
  const legend = element("div", "wb-past-legend");
  legend.append(...Object.values(parts));
  const scroll = element("div", "wb-scroll-x");
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", texts.by_round);
  const rounds = table(texts);
  scroll.append(rounds);
  box.append(said, bar, legend);
  // What is expected is of one round: there is no table of rounds.
  if (texts.columns.length) box.append(scroll);
  el.append(box);

  const drawRounds = (now, facts) => {
    const body = rounds.tBodies[0];
    const shares = facts.rounds.map((each, at) => (each.slips > 0 ? now.rounds[at].caught / each.slips : Infinity));
    const worst = facts.rounds.length > 1 ? Math.min(...shares) : -1;
    body.replaceChildren(...facts.rounds.map((each, at) => {
      const { inside, cannot_tell: unknown, caught } = now.rounds[at];
      const row = element("tr", shares[at] === worst ? "wb-past-worst" : "");
      const name = element("th", "", each.name + (shares[at] === worst ? ` ${texts.worst}` : ""));
      name.scope = "row";
      // A round that let nobody in would look like a failure of the standard; mostly it is one of its facts.
      if (inside === 0) name.append(element("div", "wb-note", unknown > 0 ? texts.unknown.replace("{count}", number(unknown)) : texts.nobody));
      // Facts that nobody had then make a round the worst, and no standard does.
      else if (unknown > inside) name.append(element("div", "wb-note", texts.many_unknown.replace("{count}", number(unknown))));
      // Where the line was raised a round has more slips than one under which it stood, and a table that does not say so misleads.
      if (each.note) name.append(element("div", "wb-note", each.note));
      const money = facts.help_cost === null ? "–" : number(Math.round(inside * facts.help_cost));
      const cells = [number(each.slips), number(caught), each.slips > 0 ? percent(shares[at]) : "–", number(inside), money];
      row.append(name, ...cells.map((text) => element("td", "wb-number", text)));
      return row;
    }));
  };
  const draw = () => {
    const facts = model.get("facts");
    const now = counts(model, outcomes);
    box.hidden = !facts.slips;
    if (!facts.slips) return;
    box.style.opacity = facts.stale || now === null ? "0.5" : "1";
    if (now === null) return;
    const caught = now.outcomes.caught;
    said.textContent = texts.said.replace("{slips}", number(facts.slips)).replace("{caught}", number(caught)).replace("{share}", percent(caught / facts.slips));
    const chosen = model.get("chosen");
    for (const name of outcomes) {
      const count = now.outcomes[name];
      segments[name].style.flexGrow = String(count);
      segments[name].hidden = count === 0;
      const [of, shown] = [parts[name].querySelector(".wb-past-of"), parts[name].querySelector(".wb-past-count")];
      of.textContent = new Intl.NumberFormat(texts.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format((100 * count) / facts.slips);
      shown.textContent = texts.count.replace("{count}", number(count));
      parts[name].setAttribute("aria-pressed", String(chosen === name));
      parts[name].disabled = count === 0;
    }
    if (texts.columns.length) drawRounds(now, facts);
  };
  const changes = ["value", "curve", "exact", "facts", "chosen"].map((name) => `change:${name}`);
  changes.forEach((change) => model.on(change, draw));
  draw();
  return () => changes.forEach((change) => model.off(change, draw));
}

export default { render };
