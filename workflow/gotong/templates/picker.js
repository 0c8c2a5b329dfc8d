// The region picker: draws one region's weeks from the data that stand in the page.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("picker-data").textContent);
  const { words } = data;
  // The pages write English dates as the figures do: day, month, year.
  const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;
  const status = document.getElementById("picker-status");
  const place = document.getElementById("picker-shown");
  const select = document.getElementById("picker-region");
  const DAY = 86400000;
  // Each panel: the room above its heading, and its own height.
  const PANELS = { cases: [0, 166], regime: [18, 22], measures: [14, 88] };
  const LEADING = 15; // from one line of a heading to the next
  const BELOW_HEADING = 9;
  const AXIS = 24; // for the months below the last panel
  const HEADROOM = 8; // so that the peak stands clear of the heading
  const [INK, BLUE, VERMILION, QUIET, LINE] = ["#1a1a1a", "#0b4f8a", "#c8500b", "#565b61", "#d9dce0"];

  const time = (day) => Date.parse(`${day}T00:00:00Z`);
  const number = (value) => (value === null ? words.unknown : value.toLocaleString(language));
  const date = (day, form) =>
    new Intl.DateTimeFormat(language, { timeZone: "UTC", ...form }).format(new Date(time(day)));
  const whole = (day) => date(day, { day: "numeric", month: "long", year: "numeric" });

  const make = (tag, attributes = {}, text = "") => {
    const isSvg = ["svg", "path", "rect", "line", "text", "title"].includes(tag);
    const node = isSvg
      ? document.createElementNS("http://www.w3.org/2000/svg", tag)
      : document.createElement(tag);
    Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    node.textContent = text;
    return node;
  };

  // A picture breaks no lines: words are measured, and written in as many lines as they need.
  const pen = document.createElement("canvas").getContext("2d");
  const wide = (text, size) => {
    pen.font = `${size}px ${getComputedStyle(place).fontFamily}`;
    return pen.measureText(text).width;
  };

  const inLines = (text, size, room) => {
    const lines = [];
    text.split(" ").forEach((word) => {
      const longer = `${lines.at(-1)} ${word}`;
      if (lines.length && wide(longer, size) <= room) lines[lines.length - 1] = longer;
      else lines.push(word);
    });
    return lines;
  };

  const written = (lines, y, size, fill) =>
    lines.map((line, row) =>
      make("text", { x: MARGIN.left, y: y + row * LEADING, "font-size": size, fill }, line));

  // Room on the left for the longest number of any region, so that all pictures are alike.
  const known = (values) => values.filter((value) => value !== null);
  const highestOf = (region) => Math.max(0, ...known(region.cases));
  const longest = Math.max(...data.regions.map((region) => wide(number(highestOf(region)), 11)));
  const MARGIN = { left: Math.max(44, Math.ceil(longest) + 8), right: 12 };

  // Where the panels of a picture stand: a heading of two lines moves what is below it.
  const layOut = (width) => {
    const room = width - MARGIN.left - MARGIN.right;
    let y = 0;
    const panels = Object.entries(PANELS).map(([name, [above, height]]) => {
      const lines = inLines(words[name], 12, room);
      const top = y + above + lines.length * LEADING + BELOW_HEADING;
      y = top + height;
      return [name, { top, bottom: y, heading: written(lines, top - 8 - (lines.length - 1) * LEADING, 12, INK) }];
    });
    return { width, room, ...Object.fromEntries(panels), axis: y, height: y + AXIS };
  };

  const start = time(data.weeks[0]);
  const end = time(data.end);
  const scale = (width) => (day) =>
    MARGIN.left + ((day - start) / (end - start)) * (width - MARGIN.left - MARGIN.right);

  const rule = (width, y) =>
    make("line", { x1: MARGIN.left, x2: width - MARGIN.right, y1: y, y2: y, stroke: LINE });

  // A line that stops where a week has no count.
  const curve = (values, x, top, bottom, highest) => {
    const points = values.map((value, week) =>
      value === null ? null : [x(time(data.weeks[week])), bottom - (value / highest) * (bottom - top)]);
    const steps = points.map((point, week) =>
      point === null ? "" : `${week === 0 || points[week - 1] === null ? "M" : "L"}${point[0].toFixed(1)} ${point[1].toFixed(1)}`);
    return make("path", { d: steps.join(""), fill: "none", stroke: BLUE, "stroke-width": 1.8 });
  };

  const labelHighest = (value, y) =>
    make("text", { x: MARGIN.left - 5, y: y + 4, "font-size": 11, "text-anchor": "end", fill: QUIET }, number(value));

  const casesPanel = (region, at, x) => {
    const { top, bottom, heading } = at.cases;
    const parts = [...heading, rule(at.width, bottom)];
    if (!known(region.cases).length) {
      return [...parts, ...written(inLines(words.no_series, 12, at.room), (top + bottom) / 2, 12, QUIET)];
    }
    const highest = highestOf(region);
    const peak = top + HEADROOM;
    return [...parts, labelHighest(highest, peak), labelHighest(0, bottom), curve(region.cases, x, peak, bottom, highest)];
  };

  const regimePanel = (region, at, x) => {
    const { top, bottom, heading } = at.regime;
    const bars = region.regimes.map((regime) => {
      const from = x(time(regime.start));
      const to = x(Math.min(time(regime.end) + DAY, end));
      const isCoded = regime.strictness !== null;
      const bar = make("rect", {
        x: from, y: top, width: Math.max(0, to - from), height: bottom - top,
        fill: isCoded ? data.colours[Math.round(regime.strictness)] : "#ffffff",
        stroke: QUIET, "stroke-width": 0.4,
      });
      bar.append(make("title", {}, nameOf(regime)));
      return bar;
    });
    return [...heading, ...bars];
  };

  const totals = (region) =>
    data.weeks.map((_, week) => Object.values(region.measures).reduce((sum, by) => sum + by[week], 0));

  const measuresPanel = (region, at, x) => {
    const { top, bottom, heading } = at.measures;
    if (!Object.keys(region.measures).length) {
      const said = written(inLines(words.no_measures, 12, at.room), (top + bottom) / 2, 12, QUIET);
      return [...heading, rule(at.width, bottom), ...said];
    }
    const values = totals(region);
    const highest = Math.max(1, ...values);
    const peak = top + HEADROOM;
    const bars = values.map((value, week) => {
      const from = x(time(data.weeks[week]));
      const height = (value / highest) * (bottom - peak);
      const width = Math.max(1, x(time(data.weeks[week]) + 7 * DAY) - from - 0.5);
      return make("rect", { x: from, y: bottom - height, width, height, fill: VERMILION });
    });
    return [...heading, labelHighest(highest, peak), rule(at.width, bottom), ...bars];
  };

  const axis = ({ width, cases, axis: bottom }, x) => {
    const every = width < 480 ? 9 : width < 800 ? 6 : 3;
    const marks = [];
    const first = new Date(start);
    for (let month = first.getUTCMonth() + 1; ; month += every) {
      const day = new Date(Date.UTC(first.getUTCFullYear(), month, 1));
      if (day.getTime() > end) return marks;
      const text = date(day.toISOString().slice(0, 10), { month: "short", year: "numeric" });
      const at = x(day.getTime());
      marks.push(make("line", { x1: at, x2: at, y1: cases.top, y2: bottom, stroke: LINE }));
      const anchor = at > width - 60 ? "end" : "middle";
      marks.push(make("text", { x: at, y: bottom + 16, "font-size": 11, "text-anchor": anchor, fill: QUIET }, text));
    }
  };

  const picture = (region) => {
    const width = Math.max(300, place.clientWidth);
    const at = layOut(width);
    const x = scale(width);
    const svg = make("svg", {
      viewBox: `0 0 ${width} ${at.height}`, role: "img", "aria-label": `${words.picture} ${region.name}`,
    });
    svg.append(...axis(at, x), ...casesPanel(region, at, x), ...regimePanel(region, at, x), ...measuresPanel(region, at, x));
    return svg;
  };

  // "PPKM level" is a regime whose name goes on with its level; others carry one beside it.
  const nameOf = ({ regime, level }) => {
    if (!level) return regime;
    return regime.endsWith("level") ? `${regime} ${level}` : `${regime}, ${words.level} ${level}`;
  };

  const table = (caption, heads, rows) => {
    const node = make("table");
    node.append(make("caption", {}, caption));
    if (heads.length) {
      const line = make("tr");
      line.append(...heads.map((head) => make("th", { scope: "col" }, head)));
      const top = make("thead");
      top.append(line);
      node.append(top);
    }
    const body = make("tbody");
    rows.forEach(([first, ...rest]) => {
      const line = make("tr");
      line.append(make("th", { scope: "row" }, first), ...rest.map((text) => make("td", {}, text)));
      body.append(line);
    });
    node.append(body);
    return node;
  };

  const facts = (region) => {
    const counted = region.cases.map((value, week) => [value, week]).filter(([value]) => value !== null);
    const rows = ["population", "hospitals", "beds", "referral_beds", "beds_per_1000"].map((name) => [words[name], number(region[name])]);
    if (counted.length) {
      const [value, week] = counted.reduce((best, next) => (next[0] > best[0] ? next : best));
      rows.push([words.highest, `${number(value)} (${words.week_of} ${whole(data.weeks[week])})`]);
    }
    rows.push([words.weeks_known, number(counted.length)]);
    const peaks = Object.entries(region.measures).map(([dyad, values]) => `${dyad}: ${number(Math.max(...values))}`);
    if (peaks.length) rows.push([words.most_measures, number(Math.max(...totals(region)))], [words.dyad_peak, peaks.join("; ")]);
    return table(`${words.facts}: ${region.name}`, [], rows);
  };

  const regimes = (region) =>
    table(`${words.regimes}: ${region.name}`, [words.first_day, words.last_day, words.regime_name, words.strictness],
      region.regimes.map((regime) => [whole(regime.start), whole(regime.end), nameOf(regime), number(regime.strictness)]));

  const show = () => {
    const region = data.regions.find((each) => each.code === select.value);
    const title = make("h3", {}, region.name);
    const notes = [region.cases_note, ...(Object.keys(region.measures).length ? [words.measures_note] : [])];
    const note = make("p", { class: "quiet" }, notes.join(" "));
    const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${words.regimes}: ${region.name}` });
    scroll.append(regimes(region));
    status.textContent = region.name;
    place.replaceChildren(title, picture(region), note, facts(region), scroll);
  };

  select.disabled = false;
  select.addEventListener("change", show);
  let width = place.clientWidth;
  addEventListener("resize", () => {
    if (place.clientWidth !== width) {
      width = place.clientWidth;
      show();
    }
  });
  show();
})();
