// The page's address follows its choice; in JupyterLab the address is not ours.
function initialize({ model }) {
  const remember = () => {
    if (!document.body.dataset.voila) return;
    const query = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(model.get("parameters"))) {
      if (value) query.set(key, value);
      else query.delete(key);
    }
    const text = String(query);
    history.replaceState(history.state, "", location.pathname + (text && `?${text}`));
    document.dispatchEvent(new CustomEvent("wb-address"));
  };
  model.on("change:parameters", remember);
  remember();
  return () => model.off("change:parameters", remember);
}

export default { initialize, render() {} };
