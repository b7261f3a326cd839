// Shows the state that the server sends, whole each time. All text goes into the page as text, never as markup.
"use strict";

const TROUBLES = 5, PHASES = 12; // shown: the newest
const RETRY_FIRST = 500, RETRY_LAST = 15000; // milliseconds
const find = (id) => document.getElementById(id);
const number = (count) => count.toLocaleString("en");
const plural = (count, one, many = one + "s") => `${number(count)} ${count === 1 ? one : many}`;

function make(tag, className = "", ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content); // strings become text nodes
  return element;
}

function hidden(text) { return make("span", "hidden", text); }

function say(element, text) {
  if (element.textContent !== text) element.textContent = text; // an equal text would be read out again
}

function clockTime(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toTimeString().slice(0, 8);
}

// ---------------------------------------------------------------- head

let state = null;

function showHead() {
  const { board, title } = state, progress = board.progress;
  say(find("app"), title || "this app");
  document.title = `${title || "Live capture"} · live capture`;
  for (const name of ["exchanges", "transmissions", "unread", "undecoded"]) say(find(name), number(progress[name]));
  const kilobytes = Math.round(progress.behind / 1024);
  say(find("behind"), kilobytes ? `The analysis is ${number(kilobytes)} KB behind. Nothing is lost: it catches up from the file.` : "");
  find("troubles").hidden = !board.troubles.length;
  const older = board.troubles.length - TROUBLES;
  const troubles = board.troubles.slice(-TROUBLES).reverse().concat(older > 0 ? `${number(older)} more, older` : []);
  keyed(find("trouble-list"), troubles, (text) => text, (text) => make("li", "", text));
  if (state.ended !== null) for (const control of document.querySelectorAll("button, input")) control.disabled = true;
  showClock();
}

function showClock() {
  if (!state) return;
  const passed = Math.max(0, Math.floor((state.ended ?? Date.now() / 1000) - state.started));
  const [hours, minutes, seconds] = [Math.floor(passed / 3600), Math.floor(passed / 60) % 60, passed % 60];
  const pair = (count) => String(count).padStart(2, "0");
  say(find("clock"), hours ? `${hours}:${pair(minutes)}:${pair(seconds)}` : `${minutes}:${pair(seconds)}`);
  say(find("clock-label"), state.ended === null ? "Running" : "Ran for");
}

// Gives the list one child for each item: those that are there already stay as they are, so that only new ones are read out.
function keyed(list, items, keyOf, build) {
  const there = new Map([...list.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = String(keyOf(item));
    const child = there.get(key) ?? build(item);
    child.dataset.key = key;
    there.delete(key);
    return child;
  });
  wanted.forEach((child, position) => {
    if (list.children[position] !== child) list.insertBefore(child, list.children[position] ?? null);
  });
  while (list.children.length > wanted.length) list.lastElementChild.remove();
}

// ---------------------------------------------------------------- phases

// Answers with what the server said; null where it could not be asked, or refused, which is told.
async function post(path, content) {
  try {
    const answer = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
    });
    if (answer.ok) return await answer.json();
    tell((await answer.text()).trim(), true);
  } catch {
    tell("Apptells cannot be reached: nothing was changed.", true);
  }
  return null;
}

async function mark(name) {
  tell(`Marking ${name} …`);
  const answer = await post("/phase", { name });
  if (answer) tell(`Marked: ${answer.name}`);
  return answer !== null;
}

function tell(text, isWrong = false) {
  find("said").classList.toggle("wrong", isWrong);
  say(find("said"), text);
}

function showPhases() {
  const { phases } = state.board;
  const current = phases.at(-1)?.name;
  say(find("phase"), current ?? "none marked");
  keyed(find("names"), state.names, (name) => name, (name) => {
    const button = make("button", "", name);
    button.type = "button";
    button.addEventListener("click", () => mark(name));
    return button;
  });
  for (const button of find("names").children) {
    if (button.textContent === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  keyed(find("marked"), phases.slice(-PHASES), (phase) => `${phase.time} ${phase.name}`, (phase) =>
    make("li", "", make("bdi", "", phase.name), " ", make("time", "", clockTime(phase.time))));
}

// ---------------------------------------------------------------- matrix

let drawn = { shape: "", cells: new Map() };

function showMatrix() {
  const { recipients, rows } = state.board;
  find("nothing").hidden = rows.length > 0;
  find("scroll").hidden = !rows.length;
  const shape = JSON.stringify([recipients, rows.map((row) => [row.data_type, row.label])]);
  const isNew = shape !== drawn.shape;
  const before = drawn.cells;
  if (isNew) drawTable(shape);
  rows.forEach((row, position) => {
    for (const cell of row.cells) {
      const recipient = recipients[cell.column];
      const key = JSON.stringify([recipient.party, recipient.name, row.data_type]), text = JSON.stringify({ ...cell, column: 0 });
      if (isNew || drawn.cells.get(key) !== text) {
        const element = find("table").tBodies[0].rows[position].cells[cell.column + 1];
        drawCell(element, cell, row);
        if (before.size && before.get(key) !== text) refresh(element);
      }
      drawn.cells.set(key, text);
    }
  });
  say(find("rest"), rest());
}

function drawTable(shape) {
  drawn = { shape, cells: new Map() };
  const { recipients, rows } = state.board;
  const head = make("tr", "", heading("col", "", "Data type"));
  for (const to of recipients) {
    const name = make("bdi", "name", to.name);
    name.title = to.name;
    head.append(heading("col", "", name, make("small", "", party(to))));
  }
  find("table").tHead.replaceChildren(head);
  find("table").tBodies[0].replaceChildren(...rows.map((row) => {
    const line = make("tr", "", heading("row", "", make("div", "", make("span", "", row.label), level(row.sensitivity))));
    for (let column = 0; column < recipients.length; column++) line.append(make("td", "", hidden("not seen")));
    return line;
  }));
}

function heading(scope, className, ...content) {
  const element = make("th", className, ...content);
  element.scope = scope;
  return element;
}

function party(to) {
  return (to.party === "unknown" ? "party unknown" : `${to.party} party`) + (to.seat ? `, ${to.seat}` : "");
}

function level(sensitivity) {
  const bars = make("span", "bars");
  for (let step = 1; step <= 4; step++) bars.append(make("i", step <= sensitivity ? "on" : ""));
  bars.title = `Sensitivity ${sensitivity} of 4`;
  bars.append(hidden(`sensitivity ${sensitivity} of 4`));
  return bars;
}

function drawCell(element, cell, row) {
  const dot = make("span", cell.is_strong ? "dot strong" : "dot weak");
  element.replaceChildren(dot, make("span", "count", number(cell.count)), hidden(` times, evidence: ${cell.evidence}`));
  if (cell.is_derived) element.append(make("b", "derived", "#", hidden(" as a hash or another derivation")));
  if (cell.before_answer) {
    element.append(make("b", "before", "\u25c2", hidden(" before an answer to a consent screen")));
  }
  const phases = cell.phases.length ? `; phases: ${cell.phases.join(", ")}` : "";
  element.title = `${row.label}: ${cell.evidence}${phases}`;
}

function refresh(element) {
  element.classList.remove("fresh");
  void element.offsetWidth; // restarts the animation
  element.classList.add("fresh");
}

function rest() {
  const { more_recipients, more_data_types, unplaced } = state.board;
  const parts = [];
  if (more_recipients) parts.push(plural(more_recipients, "more recipient"));
  if (more_data_types) parts.push(plural(more_data_types, "more data type"));
  if (unplaced) parts.push(plural(unplaced, "transmission that is only counted", "transmissions that are only counted"));
  return parts.length ? `Not in this table, but in the report: ${parts.join(", ")}.` : "";
}

// ---------------------------------------------------------------- lines, and what could not be seen

function showLines() {
  const { lines, lines_total } = state.board;
  find("quiet").hidden = lines.length > 0;
  keyed(find("lines"), lines, (line) => line.number, (line) => {
    const told = make("p", "", make("bdi", "", line.text));
    if (line.before_answer) {
      const sign = make("b", "before", "\u25c2");
      sign.ariaHidden = "true"; // the text names the phase
      told.append("\u00a0", sign);
    }
    const minor = make("p", "minor", line.time === null ? "" : `${clockTime(line.time)} · `, make("bdi", "", line.place), " ",
      make("code", "value", line.masked_value), ` · ${line.evidence}`);
    return make("li", "", told, minor);
  });
  const older = lines_total - lines.length;
  say(find("older"), older ? `${plural(older, "older line")} not shown.` : "");
}

function showUnseen() {
  const { unreadable, unreadable_total } = state.board;
  find("unseen-none").hidden = unreadable.length > 0;
  keyed(find("unseen"), unreadable, (each) => JSON.stringify(each), (each) =>
    make("li", "", make("code", "", each.host || "(no name)"), make("small", "", `${each.kind}: `, make("bdi", "", each.reason))));
  const more = unreadable_total - unreadable.length;
  say(find("unseen-more"), more ? `${number(more)} more in the report.` : "");
}

// ---------------------------------------------------------------- connection

const GOING_AWAY = 1001; // the server closed the page on purpose
let wait = RETRY_FIRST;

function connected(isOn, text) {
  find("light").className = isOn ? "light on" : "light off";
  say(find("connection"), text);
}

function connect() {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.addEventListener("message", (event) => {
    wait = RETRY_FIRST;
    state = JSON.parse(event.data);
    connected(state.ended === null, state.ended === null ? "Live capture" : "The capture has ended, and all of it is analysed");
    for (const show of [showHead, showPhases, showMatrix, showLines, showUnseen]) show();
  });
  socket.addEventListener("close", (event) => {
    if (event.code === GOING_AWAY || (state && state.ended !== null)) {
      connected(false, "The capture has ended");
      return;
    }
    const why = event.reason || "Not connected to apptells; if it was started anew, open the address that it printed.";
    const left = Math.round(wait / 1000);
    connected(false, `${why} Trying again${left > 1 ? ` in ${left} s` : ""}.`);
    setTimeout(connect, wait * (0.8 + 0.4 * Math.random()));
    wait = Math.min(wait * 2, RETRY_LAST);
  });
}

find("other").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await mark(find("name").value)) find("name").value = "";
});
find("stop").addEventListener("click", () => find("sure").showModal());
find("go-on").addEventListener("click", () => find("sure").close());
find("stop-now").addEventListener("click", async () => {
  find("sure").close();
  if (await post("/stop", {})) tell("The capture is being stopped.");
});
setInterval(showClock, 1000);
connect();
