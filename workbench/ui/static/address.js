// The page's address follows its choice; in JupyterLab the address is not ours.
function initialize({ model }) {
  if (!document.body.dataset.voila) return () => {};
  // How many steps of the browser's own (Back, Forward) the page has not answered yet.
  let waiting = 0;

  const asked = () => {
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(model.get("parameters"))) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    return query;
  };

  const remember = () => {
    // While it is being followed the address is the browser's: to write what the page still shows would undo the step, and a
    // new entry would take away those that Forward leads to.
    if (waiting) return;
    const query = asked();
    const before = new URLSearchParams(location.search);
    const text = String(query);
    if (text === String(before)) return;
    // A household or a list that is opened is a step that Back takes back; a figure that changes is none.
    const step = model.get("steps").some((key) => (query.get(key) ?? "") !== (before.get(key) ?? ""));
    const address = location.pathname + (text && `?${text}`);
    if (step && model.get("opened")) history.pushState(history.state, "", address);
    else history.replaceState(history.state, "", address);
    document.dispatchEvent(new CustomEvent("wb-address"));
  };

  // The same document and the same session: nothing is loaded, the page is told where its address now leads.
  const follow = () => {
    waiting += 1;
    const query = new URLSearchParams(location.search);
    const went = Object.fromEntries(model.get("steps").map((key) => [key, query.get(key) ?? ""]));
    model.send({ kind: "went", went });
  };

  const followed = (message) => {
    if (message?.kind !== "followed") return;
    waiting = Math.max(0, waiting - 1);
    if (waiting) return;
    // What the page made of it: a household that is gone leads to the list. In place, as the step is done.
    const text = String(asked());
    history.replaceState(history.state, "", location.pathname + (text && `?${text}`));
    document.dispatchEvent(new CustomEvent("wb-address"));
  };

  model.on("change:parameters", remember);
  model.on("msg:custom", followed);
  addEventListener("popstate", follow);
  remember();
  return () => {
    model.off("change:parameters", remember);
    model.off("msg:custom", followed);
    removeEventListener("popstate", follow);
  };
}

export default { initialize, render() {} };
