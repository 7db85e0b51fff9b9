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

  // Of a group of radio buttons one says it for all.
  const alike = (field) => (field.type === "radio" ? [...field.form.elements].filter((each) => each.type === "radio" && each.name === field.name) : [field]);
  const place = (field) => (field.type === "radio" && field.closest("fieldset")) || field.closest("label") || field.parentElement;

  function forget(field) {
    for (const each of alike(field)) each.removeAttribute("aria-invalid");
    place(field).querySelector(":scope > .wb-field-error")?.remove();
  }

  function tell(field) {
    forget(field);
    for (const each of alike(field)) each.setAttribute("aria-invalid", "true");
    const message = Object.assign(document.createElement("span"), { className: "wb-field-error", textContent: words(field) });
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
      if (field.validity.valid) forget(field);
      else tell(field);
    });
  }
})();
