// A file goes to the server by a request of its own; where there is no such way (JupyterLab), to the kernel piece by piece: each is asked for by the one before, and asked for again if no answer comes.
const PIECE = 1 << 20;
const PATIENCE_MS = 15_000;

function render({ model, el }) {
  const texts = model.get("texts");
  const box = document.createElement("div");
  box.className = "wb-drop";
  const input = document.createElement("input");
  input.type = "file";
  input.accept = model.get("accept");
  input.setAttribute("aria-label", texts.choose);
  input.className = "wb-hidden"; // the browser's own words would be in its language, not the page's
  const choose = document.createElement("label");
  choose.className = "wb-button wb-button-plain wb-choose";
  choose.append(texts.choose, input);
  const words = document.createElement("p");
  words.textContent = texts.drop;
  const state = document.createElement("p");
  state.setAttribute("role", "status");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", texts.sending);
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.className = "wb-button wb-button-plain";
  cancel.textContent = texts.cancel;
  bar.hidden = cancel.hidden = true;
  box.append(words, choose, state, bar, cancel);
  el.append(box);

  let file;
  let timer;
  const stop = (text) => {
    clearTimeout(timer);
    if (request?.readyState < 4) request.abort();
    request = undefined;
    file = undefined;
    bar.hidden = cancel.hidden = true;
    input.value = "";
    state.textContent = text;
  };
  const send = async (start) => {
    const sent = file;
    const piece = await sent.slice(start, start + PIECE).arrayBuffer();
    if (sent !== file) return; // cancelled, or another one was chosen meanwhile
    model.send({ kind: "piece", start }, undefined, [piece]);
    timer = setTimeout(() => send(start), PATIENCE_MS);
  };
  // The server looks at who asks before it reads anything; what it says is shown in the page's words.
  const refusals = { 403: texts.forbidden, 404: texts.ended, 413: texts.large, 507: texts.full };
  const address = (name) => {
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    return `${config.baseUrl}upload/${model.get("kernel")}/${name}`;
  };
  let request;
  const upload = (chosen) => {
    const name = crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
    const sent = (request = new XMLHttpRequest());
    const current = () => request === sent;
    sent.open("PUT", address(name));
    sent.setRequestHeader("X-XSRFToken", document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "");
    sent.upload.onprogress = (event) => { if (current()) bar.value = event.total ? event.loaded / event.total : 1; };
    sent.onload = () => {
      if (!current()) return;
      if (sent.status === 201) {
        model.send({ kind: "whole", name: chosen.name, upload: name });
        stop(chosen.name);
      } else stop(refusals[sent.status] ?? texts.failed);
    };
    sent.onerror = () => current() && stop(texts.failed);
    sent.send(chosen);
  };
  const begin = (chosen) => {
    if (!chosen) return;
    clearTimeout(timer);
    request?.abort();
    file = chosen;
    state.textContent = `${texts.sending} ${chosen.name}`;
    bar.value = 0;
    bar.hidden = cancel.hidden = false;
    if (model.get("kernel")) return upload(chosen);
    model.send({ kind: "begin", name: chosen.name, size: chosen.size });
  };
  const receive = (message) => {
    if (message.kind === "stop") stop("");
    if (!file) return;
    clearTimeout(timer);
    if (message.kind !== "have") return;
    bar.value = file.size ? message.bytes / file.size : 1;
    if (message.bytes < file.size) send(message.bytes);
    else stop(file.name);
  };

  input.addEventListener("change", () => begin(input.files[0]));
  cancel.addEventListener("click", () => stop(texts.cancelled));
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.add("wb-drop-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => box.classList.remove("wb-drop-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    begin(event.dataTransfer.files[0]);
  });
  model.on("msg:custom", receive);
  return () => model.off("msg:custom", receive);
}

export default { render };
