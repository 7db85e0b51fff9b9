// Keeps what a person is working on in this tab, so that neither a lost connection nor a reload loses it.
const PREFIX = "workbench-draft:";
const TYPED = ".wb-typed";
const KEY = "wb-key-";

const read = (place) => JSON.parse(sessionStorage.getItem(place) ?? "{}");
// 1.60 was typed where the kernel has 1.6.
const same = (one, other) => one === other || (one !== "" && other !== "" && Number(one) === Number(other));

function initialize({ model }) {
  // Of whoever is signed in: another person in the same tab is offered nothing of it.
  const owner = () => (model.get("owner") ? `${model.get("owner")}@` : "");
  const place = () => `${PREFIX}${owner()}${location.pathname}:${model.get("key")}`;
  // What was typed and the kernel has not answered for: whoever leaves the page at once has lost nothing either.
  const pending = () => `${place()}#typed`;
  const write = (typed) => {
    if (Object.keys(typed).length) sessionStorage.setItem(pending(), JSON.stringify(typed));
    else sessionStorage.removeItem(pending());
  };
  const offer = () => {
    if (!model.get("key")) return;
    const [text, typed] = [sessionStorage.getItem(place()) ?? "", read(pending())];
    if (text || Object.keys(typed).length) model.send({ kind: "kept", key: model.get("key"), text, typed });
  };
  const keep = () => {
    if (model.get("key") && model.get("text")) sessionStorage.setItem(place(), model.get("text"));
  };
  const type = (event) => {
    const field = event.target.closest?.(TYPED);
    const name = [...(field?.classList ?? [])].find((each) => each.startsWith(KEY));
    if (name && model.get("key")) write({ ...read(pending()), [name.slice(KEY.length)]: event.target.value });
  };
  const take = () => {
    const taken = model.get("taken");
    write(Object.fromEntries(Object.entries(read(pending())).filter(([name, text]) => !(name in taken && same(taken[name], text)))));
  };
  const receive = (message) => {
    if (message?.kind === "offer") offer();
    if (message?.kind === "forget") [place(), pending()].forEach((each) => sessionStorage.removeItem(each));
  };
  model.on("change:text", keep);
  model.on("change:taken", take);
  model.on("msg:custom", receive);
  document.addEventListener("input", type);
  offer();
  return () => {
    model.off("change:text", keep);
    model.off("change:taken", take);
    model.off("msg:custom", receive);
    document.removeEventListener("input", type);
  };
}

export default { initialize, render() {} };
