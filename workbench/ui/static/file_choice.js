// A button that hands one small file to the kernel. The browser's own control would speak its language, not the page's.
function render({ model, el }) {
  const input = document.createElement("input");
  input.type = "file";
  input.hidden = true;
  input.accept = model.get("accept");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "wb-button wb-button-plain";
  button.textContent = model.get("description");
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    const largest = model.get("largest");
    const content = file.size > largest ? new ArrayBuffer(0) : await file.arrayBuffer();
    model.send({ kind: "file", name: file.name, size: file.size }, undefined, [content]);
    input.value = ""; // the same file can be chosen again, after it was mended
  });
  el.append(button, input);
}

export default { render };
