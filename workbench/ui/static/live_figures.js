// Figures that follow a slider: read from the curve that came once, exact at every position. A typed value may lie
// between two positions; then the slider stands at the nearest, and the kernel's count of the value itself is shown.
const NAMES = ["inside", "cannot_tell", "newly_in", "leaving"];
const WAN = 10000;
const near = (a, b) => Math.abs(a - b) < 1e-6;

function counts(model) {
  const [value, curve, exact] = [model.get("value"), model.get("curve"), model.get("exact")];
  // What is not valid has no figures: those of the last valid choice stay, wherever the slider was moved meanwhile.
  if (model.get("facts").stale && exact.inside !== undefined) return exact;
  if (near(exact.position, value) && !near(exact.value, exact.position)) return exact;
  const nearest = Math.round((value - curve.minimum) / curve.step);
  if (curve.inside?.[nearest] === undefined) return near(exact.position, value) ? exact : null;
  return Object.fromEntries(NAMES.map((name) => [name, curve[name]?.[nearest] ?? null]));
}

function writer(texts) {
  const plain = new Intl.NumberFormat(texts.locale, { maximumFractionDigits: 0 });
  const fine = new Intl.NumberFormat(texts.locale, { maximumFractionDigits: 2 });
  const money = (yuan) => {
    if (texts.locale !== "zh-CN") return ["¥" + plain.format(yuan), ""];
    return Math.abs(yuan) >= WAN ? [fine.format(yuan / WAN), "万元"] : [plain.format(yuan), "元"];
  };
  return { number: (value) => (value === null || value === undefined ? "–" : plain.format(value)), money };
}

function figure(texts, name) {
  const box = document.createElement("div");
  box.className = "wb-figure";
  box.dataset.figure = name;
  for (const part of ["label", "value", "note"]) {
    const line = document.createElement("div");
    line.className = `wb-figure-${part}`;
    box.append(line);
  }
  box.querySelector(".wb-figure-label").textContent = texts[name];
  return box;
}

function set(box, value, unit, note, alert) {
  const shown = box.querySelector(".wb-figure-value");
  shown.textContent = value;
  if (unit) {
    const tail = document.createElement("span");
    tail.className = "wb-figure-unit";
    tail.textContent = unit;
    shown.append(tail);
  }
  box.querySelector(".wb-figure-note").textContent = note;
  box.classList.toggle("wb-alert", Boolean(alert));
}

// Behind a note where there is room: on a small screen the figures have to stand in one view with the slider.
function more(box, text) {
  const part = document.createElement("span");
  part.className = "wb-figure-more";
  part.textContent = text;
  box.querySelector(".wb-figure-note").append(part);
}

// What most of them lack is counted for the choice itself: while the slider is elsewhere nobody knows.
function missing(texts, number, exact, value) {
  if (!exact.missing || !near(exact.position, value)) return "";
  return texts.most_missing.replace("{fact}", exact.missing.fact).replace("{count}", number(exact.missing.count));
}

// What is over or to spare, from the cost of those in to that of all who may come in (fen); and whether it is over for certain.
function beside(texts, money, budget, low, high) {
  if (budget === null || budget === undefined) return [texts.no_budget, false];
  const [least, most] = [low, high].map((cost) => cost - Math.round(budget * 100));
  const yuan = (fen) => money(Math.abs(fen) / 100).join(" ").trim();
  const range = (text, from, to) => text.replace("{low}", yuan(from)).replace("{high}", yuan(to));
  if (least > 0) return [least === most ? texts.over_budget.replace("{amount}", yuan(least)) : range(texts.over_range, least, most), true];
  if (most > 0) return [texts.perhaps_over.replace("{amount}", yuan(least)).replace("{over}", yuan(most)), false];
  return [least === most ? texts.within_budget.replace("{amount}", yuan(least)) : range(texts.within_range, most, least), false];
}

function render({ model, el }) {
  const texts = model.get("texts");
  const { number, money } = writer(texts);
  const boxes = Object.fromEntries(["inside", "change", "cannot_tell", "below_line", "cost"].map((name) => [name, figure(texts, name)]));
  const grid = document.createElement("div");
  grid.className = "wb-figures";
  grid.setAttribute("role", "status");
  grid.setAttribute("aria-live", "polite");
  grid.append(...Object.values(boxes));
  const sign = document.createElement("div");
  sign.className = "wb-computing";
  sign.textContent = texts.computing;
  el.append(grid, sign);

  const share = (part, whole) => (whole > 0 ? new Intl.NumberFormat(texts.locale, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(part / whole) : "–");

  const draw = () => {
    const facts = model.get("facts");
    const now = counts(model);
    const waiting = now === null;
    const inside = now?.inside ?? null;
    const exact = model.get("exact");
    // The slider is ahead of the kernel, or the kernel has not drawn all yet: figures below are those of the choice before.
    const behind = !facts.stale && (model.get("working") || waiting || !near(exact.position, model.get("value")));
    sign.hidden = !behind;
    el.closest?.(".wb-results")?.classList.toggle("wb-behind", behind);
    grid.style.opacity = facts.stale || waiting ? "0.5" : "1";
    boxes.inside.querySelector(".wb-figure-label").textContent = facts.of || texts.inside;
    set(boxes.inside, waiting ? "…" : number(inside), texts.households, waiting ? texts.computing : texts.of_all.replace("{share}", share(inside, facts.households)));
    set(boxes.change, waiting ? "…" : `+${number(now.newly_in)} / −${number(now.leaving)}`, "", waiting ? texts.computing : (facts.against ?? ""));
    set(boxes.cannot_tell, waiting ? "…" : number(now.cannot_tell), texts.households, waiting ? texts.computing : texts.cannot_tell_note);
    if (!waiting) more(boxes.cannot_tell, missing(texts, number, exact, model.get("value")));
    set(boxes.below_line, number(facts.below_line), texts.households, texts.below_line_note);
    if (facts.help_cost === null || facts.help_cost === undefined) {
      set(boxes.cost, "–", "", texts.no_cost);
    } else if (waiting) {
      set(boxes.cost, "…", "", texts.computing);
    } else {
      // Money in whole fen, as the kernel has it: a cost exactly at the budget is not over it.
      const fen = (households) => Math.round(households * facts.help_cost * 100);
      const [amount, unit] = money(fen(inside) / 100);
      const [note, over] = beside(texts, money, facts.budget, fen(inside), fen(inside + (now.cannot_tell ?? 0)));
      set(boxes.cost, amount, unit, note, over);
    }
  };
  const changes = ["value", "curve", "exact", "facts", "working"].map((name) => `change:${name}`);
  changes.forEach((change) => model.on(change, draw));
  draw();
  return () => changes.forEach((change) => model.off(change, draw));
}

export default { render };
