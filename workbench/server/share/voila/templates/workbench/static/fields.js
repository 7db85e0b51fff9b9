// What a form asks for is said beside the field, in the words of the page: a browser would say it in a language of its own.
(() => {
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);
  const MISSING = {
    checkbox: ["请先勾选这一项", "Tick this first"],
    radio: ["请选一项", "Choose one"],
    file: ["请选择文件", "Choose a file"],
    "select-one": ["请选一项", "Choose one"],
  };
  const BOUNDS = {
    number: { least: ["不能小于 ", "Must not be less than "], most: ["不能大于 ", "Must not be more than "] },
    date: { least: ["不能早于 ", "Must not be before "], most: ["不能晚于 ", "Must not be after "] },
  };

  function words(field) {
    const { validity, type } = field;
    const bounds = BOUNDS[type] ?? BOUNDS.number;
    if (validity.badInput) return type === "date" ? say("日期没有填全", "The date is not complete") : say("应为数", "Must be a number");
    if (validity.valueMissing) return say(...(MISSING[type] ?? ["必填", "Must be filled in"]));
    if (validity.rangeUnderflow) return say(...bounds.least) + field.min;
    if (validity.rangeOverflow) return say(...bounds.most) + field.max;
    if (validity.tooShort) return say(`至少 ${field.minLength} 个字`, `At least ${field.minLength} characters`);
    if (validity.tooLong) return say(`最多 ${field.maxLength} 个字`, `At most ${field.maxLength} characters`);
    if (validity.stepMismatch && Number.isInteger(Number(field.step || 1))) return say("应为整数", "Must be a whole number");
    return say("写法不对", "Not written as it should be");
  }

  // A day is typed as text: a browser's own field writes it as its language does, 10/31/2021 on a Chinese page.
  const DAY = /^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))$/;
  const plain = (text) => text.trim().replace(/[０-９－／．]/g, (each) => String.fromCharCode(each.charCodeAt(0) - 0xfee0));

  // The day that a text says, as 2021-10-31; null where it says none.
  function day(text) {
    const written = plain(text).match(DAY);
    if (!written) return null;
    const [year, month, date] = [written[1], written[2] ?? written[4], written[3] ?? written[5]].map(Number);
    const said = new Date(Date.UTC(year, month - 1, date));
    return said.getUTCMonth() === month - 1 && said.getUTCDate() === date ? said.toISOString().slice(0, 10) : null;
  }

  function wrongDay(field) {
    const said = day(field.value);
    const { least, most } = field.dataset;
    if (!field.value.trim()) return "";
    if (!said) return say("日期应如 2021-10-31", "A day is written like 2021-10-31");
    if (least && said < least) return say(...BOUNDS.date.least) + least;
    return most && said > most ? say(...BOUNDS.date.most) + most : "";
  }

  // As it was understood, so that who typed 20211031 sees which day that is; and at once what cannot be.
  addEventListener("change", (event) => {
    const field = event.target;
    if (!field.matches?.("input[data-day]")) return;
    field.value = day(field.value) ?? field.value;
    forget(field);
    if (wrongDay(field)) tell(field, wrongDay(field));
  }, true);

  // The browser's calendar, of a field that stands nowhere in the form: opened, it fills the one that does.
  let calendar = null;
  addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-calendar]");
    if (!button) return;
    event.preventDefault();
    const field = button.parentElement.querySelector("[data-day]");
    const { left, bottom } = button.getBoundingClientRect();
    calendar?.remove();
    calendar = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, value: day(field.value) ?? "" });
    Object.assign(calendar, { min: field.dataset.least ?? "", max: field.dataset.most ?? "" });
    calendar.setAttribute("aria-hidden", "true");
    calendar.style.cssText = `position: fixed; left: ${left}px; top: ${bottom - 2}px; width: 1px; height: 1px; opacity: 0; pointer-events: none`;
    calendar.addEventListener("change", (chosen) => {
      chosen.stopPropagation();
      field.value = calendar.value;
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
      calendar.remove();
      field.focus();
    });
    document.body.append(calendar);
    try {
      calendar.showPicker();
    } catch {
      // Without such a calendar the field is typed into.
      field.focus();
    }
  });

  // The browser's own words for choosing a file are in its language: the field stays, and a button of ours stands for it.
  function ownWords(input) {
    input.classList.add("wb-hidden");
    const button = Object.assign(document.createElement("span"), { className: "wb-button wb-button-plain wb-choose-file", textContent: say("选择文件", "Choose a file") });
    button.setAttribute("aria-hidden", "true");
    const name = Object.assign(document.createElement("span"), { className: "wb-file-name", textContent: say("还没有选择", "None chosen yet") });
    const row = Object.assign(document.createElement("span"), { className: "wb-file" });
    row.append(button, name);
    input.after(row);
    input.addEventListener("change", () => { name.textContent = input.files[0]?.name ?? say("还没有选择", "None chosen yet"); });
  }
  const ownFiles = () => document.querySelectorAll('label > input[type="file"]:not(.wb-hidden)').forEach(ownWords);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ownFiles);
  else ownFiles();

  // Of a group of radio buttons one says it for all.
  const alike = (field) => (field.type === "radio" ? [...field.form.elements].filter((each) => each.type === "radio" && each.name === field.name) : [field]);
  const place = (field) => (field.type === "radio" && field.closest("fieldset")) || field.closest("label") || field.parentElement;

  function forget(field) {
    for (const each of alike(field)) each.removeAttribute("aria-invalid");
    place(field).querySelector(":scope > .wb-field-error")?.remove();
  }

  function tell(field, said = words(field)) {
    forget(field);
    for (const each of alike(field)) each.setAttribute("aria-invalid", "true");
    const message = Object.assign(document.createElement("span"), { className: "wb-field-error", textContent: said });
    message.setAttribute("role", "alert");
    place(field).append(message);
  }

  let first = null;
  addEventListener("invalid", (event) => {
    const field = event.target;
    event.preventDefault();
    // A field that is folded away cannot be seen, nor what is said of it.
    for (let folded = field.closest("details:not([open])"); folded; folded = folded.parentElement?.closest("details:not([open])")) folded.open = true;
    tell(field);
    if (first) return;
    first = field;
    // After the last of them has been heard: the browser goes to none whose message is not its own.
    setTimeout(() => {
      first.focus({ preventScroll: true });
      first.scrollIntoView({ block: "center" });
      first = null;
    });
  }, true);

  for (const kind of ["input", "change"]) {
    addEventListener(kind, (event) => {
      const field = event.target;
      // What the server refused stands beside its field until it is sent again.
      if (!field.matches?.("[aria-invalid]:not([aria-describedby])") || !field.validity) return;
      const said = field.matches("[data-day]") ? wrongDay(field) : "";
      if (field.validity.valid && !said) forget(field);
      else tell(field, said || undefined);
    });
  }
})();
