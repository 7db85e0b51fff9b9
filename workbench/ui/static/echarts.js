// Draws a chart from an ECharts option. Works without any outside host, in Voilà and in JupyterLab.
const VERSION = "6.1.0";
const LOADED = Symbol.for("workbench.echarts"); // one copy of the library a page, however many charts

function fromServer() {
  const { voila, baseUrl } = document.body.dataset;
  if (!voila) throw new Error("not a page of the workbench's own server");
  return import(`${new URL(baseUrl, location.href)}static/vendor/echarts.esm.min.js?v=${VERSION}`);
}

// Elsewhere (JupyterLab, say) no server has the file: the kernel sends it, once a page.
function fromKernel(model) {
  return new Promise((resolve, reject) => {
    const receive = (message, buffers) => {
      if (message?.kind !== "library") return;
      model.off("msg:custom", receive);
      const url = URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" }));
      import(url).then(resolve, reject).finally(() => URL.revokeObjectURL(url));
    };
    model.on("msg:custom", receive);
    model.send({ kind: "library" });
  });
}

async function load(model) {
  try {
    return await fromServer();
  } catch {
    return await fromKernel(model);
  }
}

function library(model) {
  globalThis[LOADED] ??= load(model).catch((error) => {
    globalThis[LOADED] = undefined;
    throw error;
  });
  return globalThis[LOADED];
}

function theme() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const [ink, muted, line] = [colour("--ink", "#16282d"), colour("--muted", "#4d6067"), colour("--line", "#d3dde0")];
  const axis = {
    axisLine: { lineStyle: { color: muted } },
    axisTick: { lineStyle: { color: muted } },
    axisLabel: { color: muted, fontSize: 13 },
    nameTextStyle: { color: muted, fontSize: 13 },
    splitLine: { lineStyle: { color: line } },
  };
  return {
    color: [colour("--accent", "#12636b"), "#c77c11", "#4a6fa5", "#8a4f7d", "#5b7f3a", "#7a6a58", "#2f8f9d"],
    textStyle: { color: ink, fontFamily: style.getPropertyValue("--font").trim().replaceAll('"', "'") || "sans-serif", fontSize: 13 },
    title: { left: 0, textStyle: { color: ink, fontSize: 16, fontWeight: 600 }, subtextStyle: { color: muted, fontSize: 13 } },
    legend: { textStyle: { color: ink, fontSize: 13 } },
    tooltip: { borderColor: line, textStyle: { color: ink, fontSize: 13 }, confine: true },
    grid: { left: 8, right: 16, top: 56, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "all" },
    line: { symbolSize: 6, lineStyle: { width: 2.5 } },
    categoryAxis: axis, valueAxis: axis, timeAxis: axis, logAxis: axis,
  };
}

// Two options of one shape are merged (no flicker); any other change replaces the whole, so that nothing stale stays.
function shape(option) {
  const keys = (value) => (Array.isArray(value) ? value.map((item) => [item?.type, Object.keys(item ?? {}).sort()]) : typeof value);
  return JSON.stringify(Object.keys(option).sort().map((key) => [key, keys(option[key])]));
}

const ENGLISH = () => document.documentElement.lang.startsWith("en");
const PATIENCE_MS = 2000; // so long may a page have better things to do than to draw its charts
const PIXELS = 2; // a dot of the page becomes so many of the picture

function save(name, url) {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

// The chart is drawn as SVG; a picture of it is drawn from that.
async function picture(chart, background) {
  const image = new Image();
  image.src = chart.getDataURL({ type: "svg", backgroundColor: background });
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [chart.getWidth() * PIXELS, chart.getHeight() * PIXELS];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}

// Two small buttons under a chart that may be taken along.
function downloads(model, el, chart) {
  const bar = document.createElement("div");
  bar.className = "wb-chart-tools";
  const button = (text, make) => {
    const each = document.createElement("button");
    each.type = "button";
    each.className = "wb-link";
    each.textContent = text;
    each.addEventListener("click", async () => {
      if (chart()) save(`${model.get("download")}.${text.toLowerCase()}`, await make(chart()));
    });
    bar.append(each);
  };
  bar.append(ENGLISH() ? "Download the chart: " : "下载此图：");
  button("PNG", (drawn) => picture(drawn, "#ffffff"));
  button("SVG", (drawn) => drawn.getDataURL({ type: "svg", backgroundColor: "#ffffff" }));
  el.append(bar);
  const show = () => { bar.hidden = !model.get("download") || !Object.keys(model.get("option")).length; };
  model.on("change:download change:option", show);
  show();
  return () => model.off("change:download change:option", show);
}

function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "wb-chart";
  el.append(box);
  let chart;
  let drawn;
  const forget = downloads(model, el, () => chart);

  // Without a label of its own a chart is described by ECharts, once it is drawn.
  const label = () => {
    const text = model.get("aria_label");
    if (text) box.setAttribute("aria-label", text);
    if (text || drawn) box.setAttribute("role", "img");
  };
  label();
  const draw = () => {
    if (!chart) return;
    const option = model.get("option");
    const next = shape(option);
    chart.setOption(
      { animationDuration: 0, animationDurationUpdate: 150, ...option, aria: { enabled: true, ...option.aria } },
      { notMerge: next !== drawn },
    );
    drawn = next;
    label();
  };
  const fit = () => {
    box.style.height = model.get("height");
    chart?.resize();
  };

  let echarts;
  let asked;
  let gone = false;
  // The library is a megabyte to read: what a page is used by comes first, and nothing waits for a chart.
  const begin = async () => {
    try {
      echarts = await library(model);
    } catch (error) {
      box.className = "wb-error";
      box.setAttribute("role", "alert");
      box.textContent = "图表组件未能加载，请刷新页面。 The chart component could not be loaded; reload the page.";
      throw error;
    }
    if (!gone) start();
  };

  // A page is built hidden: a chart may only start once it has a width.
  const start = () => {
    if (chart || !box.clientWidth || !box.clientHeight) return;
    if (!echarts) {
      asked ??= (globalThis.requestIdleCallback ?? setTimeout)(begin, { timeout: PATIENCE_MS });
      return;
    }
    const locale = document.documentElement.lang.startsWith("en") ? "EN" : "ZH";
    chart = echarts.init(box, theme(), { renderer: "svg", locale });
    chart.on("click", ({ name, value, dataIndex, seriesIndex, seriesName }) => {
      const selected = { name, value, dataIndex, seriesIndex, seriesName };
      model.set("selected", JSON.parse(JSON.stringify(selected)));
      model.save_changes();
    });
    chart.on("finished", measured);
    draw();
  };
  // On paper, which has another width than the window, a chart is scaled: for that it has to say how large it was drawn.
  const measured = () => box.querySelector("svg")?.setAttribute("viewBox", `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
  const observer = new ResizeObserver(() => (chart ? chart.resize() : start()));
  fit();
  observer.observe(box);
  model.on("change:option", draw);
  model.on("change:height", fit);
  model.on("change:aria_label", label);

  return () => {
    observer.disconnect();
    gone = true;
    forget();
    model.off("change:option", draw);
    model.off("change:height", fit);
    model.off("change:aria_label", label);
    chart?.dispose();
  };
}

export default { render };
