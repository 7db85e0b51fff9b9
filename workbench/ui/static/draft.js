// Keeps what a person is working on in this tab, so that neither a lost connection nor a reload loses it.
const PREFIX = "workbench-draft:";

function initialize({ model }) {
  const place = () => PREFIX + location.pathname + ":" + model.get("key");
  const offer = () => {
    const kept = sessionStorage.getItem(place());
    if (model.get("key") && kept && kept !== model.get("text")) model.send({ kind: "kept", key: model.get("key"), text: kept });
  };
  const keep = () => {
    const text = model.get("text");
    if (!model.get("key")) return;
    if (text) sessionStorage.setItem(place(), text);
    else sessionStorage.removeItem(place());
  };
  model.on("change:key", offer);
  model.on("change:text", keep);
  offer();
  return () => {
    model.off("change:key", offer);
    model.off("change:text", keep);
  };
}

export default { initialize, render() {} };
