// Keeps what a person is working on in this tab, so that neither a lost connection nor a reload loses it.
const PREFIX = "workbench-draft:";

function initialize({ model }) {
  // Of whoever is signed in: another person in the same tab is offered nothing of it.
  const owner = () => (model.get("owner") ? `${model.get("owner")}@` : "");
  const place = () => `${PREFIX}${owner()}${location.pathname}:${model.get("key")}`;
  const offer = () => {
    const text = model.get("key") && sessionStorage.getItem(place());
    if (text) model.send({ kind: "kept", key: model.get("key"), text });
  };
  const keep = () => {
    if (model.get("key") && model.get("text")) sessionStorage.setItem(place(), model.get("text"));
  };
  const receive = (message) => {
    if (message?.kind === "offer") offer();
    if (message?.kind === "forget") sessionStorage.removeItem(place());
  };
  model.on("change:text", keep);
  model.on("msg:custom", receive);
  offer();
  return () => {
    model.off("change:text", keep);
    model.off("msg:custom", receive);
  };
}

export default { initialize, render() {} };
