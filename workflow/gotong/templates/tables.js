// Tables: sorting by a button in each column's head, and a filter above long tables.
(() => {
  "use strict";
  const LONG = 11; // rows from which on a filter is worth its room
  const language = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;
  const words = JSON.parse(document.getElementById("table-words").textContent);
  const collator = new Intl.Collator(language, { numeric: true });

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent.trim();
  };

  // Blank cells stand last in either order.
  const compare = (a, b, sign) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const [x, y] = [Number(a), Number(b)];
    const numeric = !Number.isNaN(x) && !Number.isNaN(y);
    return sign * (numeric ? x - y : collator.compare(a, b));
  };

  const sort = (table, column) => {
    const heads = [...table.tHead.rows[0].cells];
    const head = heads[column];
    const sign = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [key(row, column), row]);
    rows.sort(([a], [b]) => compare(a, b, sign));
    body.append(...rows.map(([, row]) => row));
  };

  const addSorting = (table) => {
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, column));
      head.append(button);
    });
  };

  const addFilter = (table, number) => {
    const rows = [...table.tBodies[0].rows];
    const line = document.createElement("p");
    const label = document.createElement("label");
    const input = document.createElement("input");
    const status = document.createElement("span");
    line.className = "filter";
    input.type = "search";
    input.id = `filter-${number}`;
    label.htmlFor = input.id;
    label.textContent = words.filter;
    // Several tables have the same label: the caption tells them apart.
    table.caption.id ||= `caption-${number}`;
    input.setAttribute("aria-describedby", table.caption.id);
    status.setAttribute("role", "status");
    const say = (shown) => {
      status.textContent = `${shown.toLocaleString(language)} ${words.shown} ${rows.length.toLocaleString(language)}`;
    };
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase(language);
      rows.forEach((row) => {
        row.hidden = !row.textContent.toLocaleLowerCase(language).includes(wanted);
      });
      say(rows.filter((row) => !row.hidden).length);
    });
    say(rows.length);
    line.append(label, " ", input, " ", status);
    (table.closest(".scroll") ?? table).before(line);
  };

  document.querySelectorAll("main table").forEach((table, number) => {
    addSorting(table);
    if (table.tBodies[0].rows.length > LONG) addFilter(table, number);
  });

  // On paper nothing can be opened: the ledger is shown, and where each exhibit comes from is
  // left out, for it would fill more pages than all else and stands in the files.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.paper:not([open])")];
    opened.forEach((part) => { part.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
})();
