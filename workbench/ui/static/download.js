// A button whose file comes from the kernel, when it is pressed.
function save(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function render({ model, el }) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "wb-button wb-button-plain";
  el.append(button);

  const draw = () => {
    button.textContent = model.get("description");
    button.disabled = model.get("disabled");
  };
  const ask = () => {
    button.setAttribute("aria-busy", "true");
    model.send({ kind: "download" });
  };
  const receive = (message, buffers) => {
    if (message?.kind === "file") save(message.name, new Blob([buffers[0]], { type: message.type }));
    if (message?.kind === "done") button.removeAttribute("aria-busy");
  };
  button.addEventListener("click", ask);
  model.on("change:description change:disabled", draw);
  model.on("msg:custom", receive);
  draw();
  return () => {
    model.off("change:description change:disabled", draw);
    model.off("msg:custom", receive);
  };
}

export default { render };
