// The list of jobs follows what is done: the page is asked for again, and its list put in place of the one that stands.
"use strict";
(() => {
  const EVERY = 2000;
  const list = () => document.getElementById("wb-jobs");
  const follow = async () => {
    try {
      const answer = await fetch(location.href.replace(/([?&])done=[^&#]*/, "$1"), { headers: { Accept: "text/html" } });
      // Signed out meanwhile, or no server: what stands there is left, the next try may do better.
      if (answer.ok && !answer.redirected) {
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("wb-jobs");
        if (fresh && fresh.innerHTML !== list().innerHTML) {
          const focused = document.activeElement && list().contains(document.activeElement) ? document.activeElement.id : "";
          const open = [...list().querySelectorAll("tr:has(details[open])")].map((row) => row.dataset.job);
          list().replaceWith(fresh);
          for (const job of open) fresh.querySelector(`tr[data-job="${job}"] details`)?.setAttribute("open", "");
          if (focused) document.getElementById(focused)?.focus();
        }
      }
    } catch (error) {
      console.debug(error);
    }
    wait();
  };
  const wait = () => {
    if (list() && list().dataset.waiting === "yes") setTimeout(follow, EVERY);
  };
  document.addEventListener("DOMContentLoaded", wait);
})();
