// Shows HTML that the kernel made and escaped, and tells it which control was used.
const SENDING = "[data-send]";
const TEXT = ["input", "textarea"].map((each) => `${each}[data-send]:not([type="checkbox"]):not([type="radio"])`).join();
const TYPED = 'input:not([type="hidden"]), select, textarea';

// What is typed into a form with `data-draft` outlives its being drawn again, a lost connection and a reload, in this tab
// only. It belongs to the household around it and to what `data-draft` names: the case, the file.
const typed = {
  key: (form) => {
    const about = form.closest("[data-household]")?.dataset.household ?? "";
    return `wb-form:${location.pathname}:${about}:${form.dataset.draft}:${form.dataset.send}`;
  },
  keep(form) {
    const fields = [...form.querySelectorAll(TYPED)];
    sessionStorage.setItem(this.key(form), JSON.stringify(fields.map((each) => (/^(checkbox|radio)$/.test(each.type) ? each.checked : each.value))));
  },
  restore(form) {
    const kept = JSON.parse(sessionStorage.getItem(this.key(form)) ?? "null");
    const fields = [...form.querySelectorAll(TYPED)];
    if (kept?.length !== fields.length) return;
    // What was drawn: a choice has no default value, and one left as it was opens nothing.
    const drawn = fields.map((each) => each.value);
    fields.forEach((each, number) => {
      if (typeof kept[number] === "boolean") each.checked = kept[number];
      else each.value = kept[number];
      if (kept[number] && kept[number] !== drawn[number]) each.closest("details")?.setAttribute("open", "");
    });
  },
};

// What is marked and typed in a form stays while its list is paged, filtered and sorted; another `data-ticks` begins anew.
const marks = () => ({
  key: null,
  values: new Map(),
  typed: new Map(),
  boxes: (form) => [...form.elements].filter((each) => each.matches('input[type="checkbox"][name]')),
  take(box) {
    const [, household] = box.value.split(" ");
    if (box.checked) this.values.set(household, box.value);
    else this.values.delete(household);
  },
  show(form) {
    if (form.dataset.ticks !== this.key) for (const each of [this.values, this.typed]) each.clear();
    this.key = form.dataset.ticks;
    for (const each of this.boxes(form)) each.checked = this.values.has(each.value.split(" ")[1]);
    for (const [name, value] of this.typed) if (form.elements[name]) form.elements[name].value = value;
    const count = form.querySelector("[data-tick-count]");
    if (count) count.textContent = this.values.size;
    // Of nobody marked there is nothing to do.
    for (const each of form.elements) if (each.type === "submit") each.disabled = this.values.size === 0;
  },
});

function render({ model, el }) {
  const marked = marks();
  const box = document.createElement("div");
  box.className = "wb-pane";
  el.append(box);

  const places = () => [...box.querySelectorAll(SENDING)];
  // The same control after the pane is drawn again: by what it sends, else by where it stands.
  const again = (send, position) => places().find((each) => each.dataset.send === send) ?? places()[position];
  const scrolled = () => [...box.querySelectorAll(".wb-scroll")].map((each) => each.scrollTop);

  // While a button is held the pane is not drawn again: the click would find another button, or none.
  let held = false;
  let waiting = false;
  // The kernel answers in order, each choice by what it draws and then by "done": whose answer something is, is counted.
  let told = 0;
  let done = 0;
  let drawn = 0;
  let sent = null;
  // The form whose answer is awaited, and which answer that is: a second click on it asks for nothing more.
  let awaited = null;
  let drawing = false;
  const release = () => setTimeout(() => {
    held = false;
    if (waiting) draw();
  });
  const hold = () => {
    held = true;
    addEventListener("pointerup", release, { once: true });
    addEventListener("pointercancel", release, { once: true });
  };

  // The form that was sent last: where it is refused, the field that is wrong is marked in it, though it was drawn again since.
  let asked = null;
  const showAsked = () => {
    for (const each of box.querySelectorAll("form[data-send]")) {
      each.toggleAttribute("data-asked", asked !== null && each.dataset.send === asked[0] && each.dataset.draft === asked[1]);
    }
  };

  const draw = () => {
    waiting = held;
    if (held) return;
    const active = box.contains(document.activeElement) ? document.activeElement : null;
    const [send, position] = [active?.dataset.send, active ? places().indexOf(active) : -1];
    // Typed and not sent yet: an answer to something else must not wipe it.
    const typing = active?.matches(TEXT) && active.value !== active.defaultValue && active.dataset.sent === undefined ? active.value : null;
    const open = new Set([...box.querySelectorAll("details[open]")].map((each) => each.dataset.name));
    const tops = scrolled();
    drawing = true; // an element that is taken away changes and loses the focus, says the browser: nobody did anything
    box.innerHTML = model.get("html");
    drawing = false;
    box.removeAttribute("aria-busy");
    for (const each of box.querySelectorAll("details[data-name]")) each.open ||= open.has(each.dataset.name);
    // It was taken, where this answers the form and nothing before it: else nothing new would be shown.
    if (sent && drawn >= sent.number) {
      sessionStorage.removeItem(sent.key);
      sent = null;
    }
    box.querySelectorAll("form[data-draft]").forEach((form) => typed.restore(form));
    box.querySelectorAll("form[data-ticks]").forEach((form) => marked.show(form));
    showAsked();
    [...box.querySelectorAll(".wb-scroll")].forEach((each, number) => { each.scrollTop = tops[number] ?? 0; });
    if (position < 0) return;
    const control = again(send, position);
    if (typing !== null && control?.dataset.send === send) {
      control.value = typing;
      control.dataset.carried = "";
    }
    control?.focus({ preventScroll: true });
  };

  const tell = (control, more) => {
    box.setAttribute("aria-busy", "true");
    told += 1;
    model.send({ choice: { ...JSON.parse(control.dataset.send), ...more } });
  };
  const click = (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(box.querySelector(copy.dataset.copy).textContent).then(() => {
        copy.textContent = copy.dataset.copied;
      });
    }
    const cleared = event.target.closest("[data-untick]")?.form;
    if (cleared) {
      marked.values.clear();
      marked.show(cleared);
    }
    const control = event.target.closest(SENDING);
    if (!control || /^(SELECT|INPUT|FORM)$/.test(control.tagName)) return;
    // A link to a place on the page leads there too; any other would leave it.
    if (!control.matches('a[href^="#"]')) event.preventDefault();
    tell(control);
  };
  // What is no button by birth (a shape of a map) answers the keys of one.
  const press = (event) => {
    if (event.key === "Enter") leave(event);
    if (!event.target.matches('[data-send][role="button"]') || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    tell(event.target);
  };
  const change = (event) => {
    const { target } = event;
    if (drawing) return;
    const confirmed = target.name?.startsWith("fact:") && target.form?.elements.confirmed;
    if (confirmed?.checked) {
      // What was confirmed is another figure now.
      confirmed.checked = false;
      if (target.form.matches("[data-draft]")) typed.keep(target.form);
    }
    if (target.matches("[data-checks]")) {
      for (const each of box.querySelectorAll(target.dataset.checks)) each.checked = target.checked;
      if (target.form?.dataset.ticks) marked.boxes(target.form).forEach((each) => marked.take(each));
    } else if (target.form?.dataset.ticks && target.matches('input[type="checkbox"][name]')) marked.take(target);
    else if (target.matches(SENDING) && target.tagName !== "FORM") tellValue(target);
    if (target.form?.dataset.ticks) marked.show(target.form);
  };
  const tellValue = (target) => {
    delete target.dataset.carried;
    target.dataset.sent = "";
    tell(target, { value: target.value });
  };
  // What was put back into a control is no change to the browser, which would not tell of it.
  const leave = (event) => {
    if (!drawing && event.target.dataset?.carried !== undefined) tellValue(event.target);
  };
  // Until it is answered a form takes nothing more in: what was typed then would be lost, and look as if it had been sent. It
  // keeps the focus, which a disabled field would lose.
  const lock = (form, submitter) => {
    form.setAttribute("aria-busy", "true");
    if (!submitter?.matches("button")) return;
    submitter.setAttribute("aria-disabled", "true");
    submitter.dataset.words = submitter.innerHTML;
    submitter.textContent = submitter.dataset.busy ?? (document.documentElement.lang.startsWith("en") ? "Working…" : "正在办理…");
  };
  const unlock = () => {
    for (const form of box.querySelectorAll('form[aria-busy="true"]')) {
      form.removeAttribute("aria-busy");
      for (const each of form.querySelectorAll("button[data-words]")) {
        each.removeAttribute("aria-disabled");
        each.innerHTML = each.dataset.words;
        delete each.dataset.words;
      }
    }
  };
  // Not so a list that is marked: what is typed there stays while it is drawn anew, and a reason may follow its refusal at once.
  const locked = (event) => {
    if (event.target.closest?.('form[aria-busy="true"]:not([data-ticks])') && event.key !== "Tab") event.preventDefault();
  };
  // A form sends all its fields at once, each a list of values; the button that was pressed says what is to be done.
  const submit = (event) => {
    const form = event.target.closest("form[data-send]");
    if (!form) return;
    event.preventDefault();
    // Sent twice, the second would be refused for what the first has done, and its refusal would stand in the place of the answer.
    if (awaited?.form === form && done < awaited.number) return;
    awaited = { form, number: told + 1 };
    const fields = {};
    for (const [name, value] of new FormData(form, event.submitter)) (fields[name] ??= []).push(value);
    if (form.dataset.ticks) fields.household = [...marked.values.values()];
    asked = [form.dataset.send, form.dataset.draft];
    showAsked();
    lock(form, event.submitter);
    sent = form.matches("[data-draft]") ? { key: typed.key(form), number: told + 1 } : null;
    tell(form, { fields });
  };

  box.addEventListener("pointerdown", hold);
  box.addEventListener("click", click);
  box.addEventListener("change", change);
  box.addEventListener("focusout", leave);
  box.addEventListener("submit", submit);
  box.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form) typed.keep(form);
    const { target } = event;
    delete target.dataset.sent;
    if (target.form?.dataset.ticks && target.name && target.type !== "checkbox") marked.typed.set(target.name, target.value);
  });
  box.addEventListener("keydown", press);
  for (const each of ["keydown", "beforeinput"]) box.addEventListener(each, locked);
  const changed = () => {
    drawn = done + 1;
    draw();
  };
  model.on("change:html", changed);
  // An answer that changes nothing draws nothing: the kernel says that it is done.
  const answered = (message) => {
    // Once it is drawn and laid out; what is in view already stays where it is.
    if (message?.kind === "reveal") requestAnimationFrame(() => box.scrollIntoView({ block: "nearest" }));
    if (message?.kind !== "done") return;
    done += 1;
    if (done >= told) box.removeAttribute("aria-busy");
    if (awaited && done >= awaited.number) unlock();
    if (!waiting && sent && done >= sent.number) sent = null;
  };
  model.on("msg:custom", answered);
  draw();
  return () => {
    model.off("change:html", changed);
    model.off("msg:custom", answered);
  };
}

export default { render };
