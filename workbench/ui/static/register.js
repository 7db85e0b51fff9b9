// The register page: its panes ask the server, an action a request; the address says what is looked at, so Back goes back.
const page = document.getElementById("wb-register");
const english = document.documentElement.lang.startsWith("en");
const say = (zh, en) => (english ? en : zh);
const NOT_SENT = say("没有送出：网络断了，或服务器没有回答。填写的内容还在，请稍后再按一次。", "Not sent: the connection is down, or the server does not answer. What you typed is still here; press again in a moment.");
const ENDED = say("登录已失效，没有办理。请刷新后重新登录；填写的内容还在。", "Your sign-in has ended and nothing was done. Reload and sign in again; what you typed is still here.");
const FAILED = say("服务器没有完成这次请求，已记入日志。请刷新后查看是否已办理。", "The server did not finish this request; the log has it. Reload and look whether it was done.");
const { default: pane } = await import(page.dataset.script);

const place = (name) => document.querySelector(`#wb-register [data-part="${name}"]`);
const token = () => decodeURIComponent(document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "");
// With a script the controls of a list ask by themselves; as fields of a form, Enter would send that too.
document.getElementById("wb-look")?.remove();

// What a pane takes for the model of its kernel: HTML to show, and somewhere to send what was chosen.
class Part {
  constructor(element) {
    this.element = element;
    this.listeners = new Map();
    this.html = element.firstElementChild.innerHTML;
    element.replaceChildren();
  }
  get() { return this.html; }
  on(kind, listener) { this.listeners.set(kind, listener); }
  off() {}
  send({ choice }) { ask(this, choice); }
  done() { this.listeners.get("msg:custom")?.({ kind: "done" }); }
  show(html) {
    if (html === this.html) return;
    this.html = html;
    this.listeners.get("change:html")?.();
  }
}

const panes = new Map();
for (const element of document.querySelectorAll("#wb-register [data-pane]")) {
  const part = new Part(element);
  panes.set(element.dataset.part, part);
  pane.render({ model: part, el: element });
}
let batches = Number(page.dataset.batches);

function notice(text, html = "") {
  const box = document.createElement("div");
  box.innerHTML = html;
  if (text) {
    const message = Object.assign(document.createElement("div"), { className: "wb-message wb-alert", textContent: text });
    message.setAttribute("role", "alert");
    box.append(message);
  }
  place("notice").replaceChildren(box);
}

function complain(text) {
  notice(text);
  bring("notice");
}

// A message covers nothing: where it would not be seen, the page goes to it.
function bring(name) {
  const part = place(name);
  if (!part.querySelector(".wb-message")) return;
  const { top, bottom } = part.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) part.scrollIntoView({ block: "start" });
}

// What was refused is said beside the field that it is of, and there one goes on. False where there is no such field.
function mark(name, text) {
  const form = name && document.querySelector("#wb-register form[data-asked]");
  const field = form && [`fact:${name}`, name].map((each) => form.elements[each]).find((each) => each?.type && each.type !== "hidden");
  if (!field) return false;
  document.querySelector("#wb-wrong")?.remove();
  const said = Object.assign(document.createElement("span"), { className: "wb-wrong", id: "wb-wrong", textContent: text });
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", said.id);
  // One message, in one place: whoever cannot see it hears it there, too.
  said.setAttribute("role", "alert");
  // After the label, not in it: the field's name would else be the name and the message.
  const label = field.closest("label") ?? field;
  if (label.nextElementSibling?.matches(".wb-wrong")) label.nextElementSibling.remove();
  label.after(said);
  notice("");
  for (let each = field.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
  field.focus({ preventScroll: true });
  field.scrollIntoView({ block: "center" });
  return true;
}

// Hidden, not taken away: a page that moves as a field is left would take the button from under the finger that presses it.
function unmark() {
  // Also what the server drew beside a field: the next value is on its way, and may be right.
  for (const said of document.querySelectorAll("#wb-register .wb-wrong")) said.style.visibility = "hidden";
  for (const each of document.querySelectorAll('#wb-register [aria-describedby="wb-wrong"]')) {
    each.removeAttribute("aria-invalid");
    each.removeAttribute("aria-describedby");
  }
}

// What is typed about the household in sight and not sent: the server answers what the rules say with it.
function typedFacts() {
  const typed = {};
  for (const field of document.querySelectorAll('[data-household] [name^="fact:"]')) {
    const shown = field.closest("label")?.querySelector('[name^="shown:"]')?.value;
    if (field.value !== shown) typed[field.name.slice("fact:".length)] = field.value;
  }
  return typed;
}

// What was prepared and waits for its second word; an answer to anything else ends it, and says so.
const prepared = () => document.querySelector("#wb-register [data-planned]")?.dataset.planned;
const ENDS_BY_ITSELF = ["confirm", "forget", "confirm_closing"];

function show(answer, { push = true, choice = "" } = {}) {
  const before = answer.parts && !ENDS_BY_ITSELF.includes(choice) ? prepared() : undefined;
  const dropped = before && say(`刚才准备的“${before}”没有办理；要办请重新选择。`, `“${before}” was only prepared, and has not been done; choose it again to do it.`);
  notice(dropped, answer.notice);
  if (!answer.parts) {
    // What was done before stands no longer beside what could not be done now.
    panes.get("done")?.show("");
    if (mark(answer.wrong, place("notice").textContent.trim())) return;
    bring("notice");
    return;
  }
  batches = answer.batches;
  for (const [name, html] of Object.entries(answer.parts)) {
    if (panes.has(name)) panes.get(name).show(html);
    else {
      const content = place(name).firstElementChild;
      if (content.innerHTML !== html) content.innerHTML = html;
    }
  }
  document.title = `${answer.title} · ${say("六安市边缘户标准工作台", "Lu'an workbench")}`;
  const here = new URLSearchParams(location.search);
  const after = new URLSearchParams(answer.query);
  if (push && String(here) !== String(after)) {
    history.pushState(null, "", `${location.pathname}?${answer.query}`);
    // Another household or another view begins at its top; a list that is turned or filtered stays where it is.
    if (["view", "household", "filing", "county"].some((key) => here.get(key) !== after.get(key))) scrollTo(0, 0);
  }
  bring("done");
  if (answer.notice || dropped) bring("notice");
  document.dispatchEvent(new CustomEvent("wb-address"));
}

// An answer that is no answer of ours says so in words, and leaves what was typed where it stands.
async function answered(response) {
  if (response.headers.get("Content-Type")?.startsWith("application/json")) return response.json();
  complain(response.status === 403 || response.redirected ? ENDED : FAILED);
  return null;
}

// In order: each answer is of what was looked at when it was asked for.
let waiting = Promise.resolve();
const next = (work) => { waiting = waiting.then(work).catch(() => complain(NOT_SENT)); return waiting; };

const headers = () => ({ Accept: "application/json", "X-XSRFToken": token() });

function ask(part, choice) {
  const typed = typedFacts();
  unmark();
  next(async () => {
    try {
      const body = JSON.stringify({ choice, typed, batches });
      const answer = await answered(await fetch(location.href, { method: "POST", headers: { ...headers(), "Content-Type": "application/json" }, body }));
      if (answer) show(answer, { choice: choice.do });
    } finally {
      part.done();
    }
  });
}

function go(address, options) {
  return next(async () => {
    const answer = await answered(await fetch(address, { headers: headers() }));
    if (answer) show(answer, options);
  });
}

addEventListener("popstate", () => go(location.href, { push: false }));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-view]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.href);
});

// Enter in a field beside several buttons would press the first of them, and make a file that nobody asked for.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("form[data-file] input")) event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches?.("form[data-file]")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  event.submitter?.setAttribute("aria-busy", "true");
  next(async () => {
    try {
      const response = await fetch(form.action, { method: "POST", headers: headers(), body });
      const name = response.headers.get("Content-Disposition")?.match(/filename\*=UTF-8''([^;]+)/)?.[1];
      if (response.ok && name) {
        notice("");
        save(decodeURIComponent(name), await response.blob());
      } else {
        const answer = await answered(response);
        if (answer) show(answer);
      }
    } finally {
      event.submitter?.removeAttribute("aria-busy");
    }
  });
});

function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// From here on controls are heard: a test that presses one before would press a plain form's.
page.dataset.ready = "";
