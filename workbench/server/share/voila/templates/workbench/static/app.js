// Says when a page is no longer alive, and mends what the widgets leave out (names for screen readers, titles).
// Loaded before everything else: it has to see every connection that the page opens.
(() => {
  const HEARTBEAT_MS = 5000;
  const ANSWER_MS = 8000;
  const OPENING_MS = 320000;
  const DRAWING_SECONDS = 40;
  const WIDGET_MS = 2000;
  const english = document.documentElement.lang.startsWith("en");
  const say = (zh, en) => (english ? en : zh);
  const LOST = say("连接已断开，页面上的数字可能不是最新的。", "The connection was lost: the figures on this page may be out of date.");
  const ENDED = say("会话已结束，页面上的数字可能不是最新的。", "The session has ended: the figures on this page may be out of date.");
  const FULL = say("这个会话占用的内存过多，已被结束；没有保存的内容会丢失。请刷新，并少选一些数据。", "This session filled too much memory and was ended; what was not saved is lost. Reload it, and choose less data.");
  const SLOW = say("页面打开的时间过长，可能没有启动成功。", "The page is taking too long and may have failed to start.");

  const PARTLY = say("本页有一部分没有启动，点了、填了可能没有反应。请刷新。", "A part of this page did not start and may not answer. Reload it.");
  const BLANK = say("页面没有画出来，重开一次后仍是空白。请过几分钟再刷新。", "The page was not drawn, not even when it was reopened. Reload it in a few minutes.");

  // What the library that draws widgets says by itself, in English only.
  const OF_LIBRARY = new Map([
    ["Loading widget...", say("正在打开…", "Opening…")],
    ["Error displaying widget: model not found", say("这一部分没有打开，请刷新本页。", "This part did not open; reload the page.")],
  ]);

  // The library that draws our panes gives each two seconds to come to life, and one that took longer would never again show
  // what the kernel says, without a word: on a machine that has much to do it waits, as long as a page may take to open.
  const within = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (milliseconds) => within(milliseconds === WIDGET_MS ? OPENING_MS : milliseconds);
  addEventListener("unhandledrejection", ({ reason }) => {
    if (/^\[anywidget\]|dynamically imported module/.test(reason?.message)) warn(PARTLY);
  });

  // Leaving closes the connection too; a download looks like leaving at first, so the doubt ends after a while.
  let leavingSince = -Infinity;
  const leaving = () => performance.now() - leavingSince < 3000;
  const leave = () => { leavingSince = performance.now(); };
  addEventListener("beforeunload", leave);
  addEventListener("pagehide", leave);
  // The browser's way back shows this very page again.
  addEventListener("pageshow", () => { leavingSince = -Infinity; });

  // Once shown it stays, even if the link comes back: a change sent while it was down may never have arrived.
  function warn(text) {
    if (leaving() || document.querySelector(".wb-banner")) return;
    const banner = document.createElement("div");
    banner.className = "wb-banner";
    banner.setAttribute("role", "alert");
    const message = document.createElement("span");
    message.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "wb-button";
    button.textContent = say("刷新", "Reload");
    button.addEventListener("click", () => location.reload());
    banner.append(message, button);
    document.body.prepend(banner);
    document.body.classList.add("wb-stale");
  }

  // What was only late has come.
  function withdraw(text) {
    const banner = document.querySelector(".wb-banner");
    if (banner?.firstChild.textContent !== text) return;
    banner.remove();
    document.body.classList.remove("wb-stale");
  }

  const warned = () => ![undefined, SLOW].includes(document.querySelector(".wb-banner")?.firstChild.textContent);

  window.WebSocket = class extends window.WebSocket {
    constructor(...parts) {
      super(...parts);
      // A page that is being left ended its session itself: there is nothing to ask, and the answer would be an error.
      this.addEventListener("close", async () => leaving() || warn((await ending()) || LOST));
    }
  };

  function session() {
    const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent || "{}");
    return config.kernelId && `${config.baseUrl}alive/${config.kernelId}`;
  }

  const reason = (answer) => (answer.headers.get("X-Workbench-Ended") === "memory" ? FULL : "");

  // Why a connection was closed, where the server knows it and answers soon.
  async function ending() {
    try {
      return reason(await fetch(session(), { cache: "no-store", signal: within(2000) }));
    } catch {
      return "";
    }
  }

  let failures = 0;
  async function beat(url) {
    if (leaving()) return;
    try {
      const answer = await fetch(url, { cache: "no-store", signal: within(ANSWER_MS) });
      failures = answer.status >= 500 ? failures + 1 : 0;
      if (answer.status === 404 || answer.redirected) warn(reason(answer) || ENDED);
      if (failures > 1) warn(LOST);
    } catch {
      failures += 1;
      if (failures > 1) warn(LOST);
    }
  }

  // Sliders have no name of their own; a field's label may stand outside the widget (.wb-field .wb-label).
  function nameControls() {
    const controls = '.noUi-handle, .widget-readout, .jupyter-widgets input:not([type="checkbox"]), .jupyter-widgets select';
    for (const control of document.querySelectorAll(controls)) {
      if (control.hasAttribute("aria-label")) continue;
      const widget = control.closest(".jupyter-widgets.widget-inline-hbox, .jupyter-widgets");
      const own = widget?.querySelector(":scope > .widget-label")?.textContent.trim();
      const text = own || control.closest(".wb-field")?.querySelector(".wb-label")?.textContent.trim();
      if (!text) continue;
      control.setAttribute("aria-label", text);
      if (control.classList.contains("widget-readout")) control.setAttribute("role", "textbox");
    }
  }

  function setTitle() {
    const heading = document.querySelector(".wb-header h1")?.textContent.trim();
    if (!heading) return;
    const title = `${heading} · ${say("六安市边缘户标准工作台", "Lu'an workbench")}`;
    if (document.title !== title) document.title = title;
  }

  // A message stands in the page and covers nothing: where it would not be seen, the page goes to it. Only as it comes, so
  // that whoever scrolls on is left in peace.
  function bringMessage(changes) {
    for (const change of changes) {
      const told = change.target.closest?.(".wb-told");
      const said = [...change.addedNodes].some((node) => node.textContent?.trim());
      if (!said || !told?.querySelector(".wb-message")) continue;
      const { top, bottom } = told.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) told.scrollIntoView({ block: "start" });
    }
  }

  function translate(changes) {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node.nodeType === Node.TEXT_NODE && OF_LIBRARY.has(node.data)) node.data = OF_LIBRARY.get(node.data);
    }
  }

  let scheduled = false;
  function mend() {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      nameControls();
      setTitle();
    });
  }

  function opened() {
    const cells = document.getElementById("rendered_cells");
    return cells && cells.style.display !== "none" && !document.getElementById("loading");
  }

  // A widget that is not drawn yet is a script with its number; what replaces it, and every other output, is content.
  const drawn = () => [...document.querySelectorAll("#rendered_cells .jp-OutputArea-output")].some(
    (output) => output.offsetHeight > 0 && !output.querySelector(":scope > script, [data-blank]"),
  );

  // Once by itself; a page that is blank again says so. Kept per tab and address.
  function reopen() {
    const key = `workbench-reopened:${location.pathname}`;
    if (sessionStorage.getItem(key)) {
      warn(BLANK);
      return;
    }
    sessionStorage.setItem(key, "1");
    leave();
    location.reload();
  }

  let waited = 0;
  function watchDrawing() {
    if (drawn()) {
      withdraw(SLOW);
      sessionStorage.removeItem(`workbench-reopened:${location.pathname}`);
      return;
    }
    // A tab in the background draws nothing; a page that has said what is wrong needs no second opinion.
    if (opened() && !document.hidden) waited += 1;
    if (warned()) return;
    if (waited > DRAWING_SECONDS || document.querySelector("[data-blank]")) reopen();
    else setTimeout(watchDrawing, 1000);
  }

  setTimeout(() => opened() || warn(SLOW), OPENING_MS);
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver((changes) => {
      mend();
      translate(changes);
      bringMessage(changes);
    }).observe(document.body, { childList: true, subtree: true });
    mend();
    const url = session();
    if (!url) {
      warn(SLOW);
      return;
    }
    setInterval(() => beat(url), HEARTBEAT_MS);
    watchDrawing();
    addEventListener("pageshow", () => beat(url));
    document.addEventListener("visibilitychange", () => document.hidden || beat(url));
  });
})();
