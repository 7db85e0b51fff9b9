// County, round and language stay as a person moves between pages: links carry what the address keeps.
(() => {
  const KEPT = ["county", "round", "lang"];

  function carry() {
    const here = new URLSearchParams(location.search);
    for (const link of document.querySelectorAll("a[data-carry]")) {
      const url = new URL(link.href);
      for (const key of KEPT) {
        if (here.has(key)) url.searchParams.set(key, here.get(key));
        else url.searchParams.delete(key);
      }
      link.setAttribute("href", url.pathname + url.search);
    }
  }

  // The other language, with the rest of the address as it stands.
  addEventListener("click", (event) => {
    const link = event.target.closest?.(".wb-bar-lang");
    if (!link) return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    if (document.documentElement.lang.startsWith("en")) query.delete("lang");
    else query.set("lang", "en");
    location.search = String(query);
  });
  // A search from the bar keeps county, round and language too.
  addEventListener("submit", (event) => {
    if (!event.target.matches?.("form[data-carry-fields]")) return;
    const here = new URLSearchParams(location.search);
    for (const key of KEPT) {
      event.target.querySelector(`input[type="hidden"][name="${key}"]`)?.remove();
      if (here.has(key)) event.target.append(Object.assign(document.createElement("input"), { type: "hidden", name: key, value: here.get(key) }));
    }
  });
  // A list that is long is narrowed as one types: what does not hold every word typed is hidden.
  addEventListener("input", (event) => {
    const box = event.target.closest?.("input[data-narrows]");
    if (!box) return;
    const words = box.value.trim().toLowerCase().split(/\s+/);
    for (const group of document.querySelectorAll(box.dataset.narrows)) {
      const rows = [...group.querySelectorAll("[data-narrowed]")];
      for (const row of rows) row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
      group.hidden = rows.every((row) => row.hidden);
    }
  });
  // A form of a page that the server did not write for this browser alone: the token comes from the cookie.
  addEventListener("submit", (event) => {
    if (!event.target.matches?.("form[data-xsrf]")) return;
    // What one person typed is not for the next; whoever signs in again after a restart finds the own drafts.
    const account = event.target.elements.account?.value;
    for (const key of Object.keys(sessionStorage)) {
      if (!account || !key.startsWith(`workbench-draft:${account}@`)) sessionStorage.removeItem(key);
    }
    const token = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
    const field = event.target.elements._xsrf ?? event.target.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: "_xsrf" }));
    field.value = decodeURIComponent(token);
  });
  // Whoever signs in comes back to this page.
  addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-comes-back]");
    if (link && !location.pathname.endsWith("/login")) link.search = `${link.search ? link.search + "&" : "?"}next=${encodeURIComponent(location.pathname + location.search)}`;
  });
  addEventListener("change", (event) => {
    if (event.target.matches?.("select[data-submits]")) event.target.form.submit();
  });
  // A page that waits for a place asks again by itself, each at a moment of its own: all at once would be refused at once.
  addEventListener("DOMContentLoaded", () => {
    if (document.querySelector("[data-waits]")) setTimeout(() => location.reload(), 10_000 + 10_000 * Math.random());
  });
  document.addEventListener("wb-address", carry);
  for (const kind of ["pointerover", "focusin"]) addEventListener(kind, (event) => event.target.closest?.("a[data-carry]") && carry());
  addEventListener("pageshow", carry);
  // On a narrow screen the pages' names scroll: the one that is open stands in sight.
  addEventListener("DOMContentLoaded", () => {
    const nav = document.querySelector(".wb-nav");
    const open = nav?.querySelector("[aria-current]");
    if (open) nav.scrollLeft = open.offsetLeft - nav.offsetLeft - (nav.clientWidth - open.clientWidth) / 2;
  });
})();
