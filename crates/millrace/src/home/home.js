// The page at "/": signs in, lists integrations and devices, and follows their values live.

const KEY = "millrace.token";
const DEVICES = 100;
const REFRESH_MS = 5000;
const byId = (id) => document.getElementById(id);
let token = sessionStorage.getItem(KEY);
let socket;
let watched = new Map();
let timer;

async function api(path, options = {}) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers["X-Authorization"] = `Bearer ${token}`;
  const answer = await fetch(path, { ...options, headers });
  if (answer.status === 401 && token) signOut();
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(body?.message ?? `the server answered ${answer.status}`);
  return body;
}

function cell(row, text, className) {
  const td = row.insertCell();
  td.textContent = text;
  if (className) td.className = className;
  return td;
}

const STATES = {
  ACTIVE: ["✓ Connected", "good"],
  PENDING: ["… Connecting", "idle"],
  FAILED: ["✕ Failed", "bad"],
  DISABLED: ["– Disabled", "idle"],
};

function time(ms) {
  return ms ? new Date(ms).toLocaleTimeString() : "–";
}

async function showIntegrations() {
  const page = await api("/api/integrationInfos?pageSize=100&page=0");
  const reports = await Promise.all(page.data.map((one) => api(`/api/millrace/integration/${one.id.id}/status`)));
  const body = byId("integrations").querySelector("tbody");
  body.replaceChildren();
  page.data.forEach((one, index) => {
    const report = reports[index];
    const [word, className] = STATES[report.state] ?? [report.state, "idle"];
    const rows = report.filters.length ? report.filters : [{ filter: report.reason ?? "–", count: 0 }];
    rows.forEach((filter, place) => {
      const row = body.insertRow();
      cell(row, place ? "" : one.name);
      cell(row, place ? "" : word, className);
      cell(row, filter.filter, "reason");
      cell(row, String(filter.count ?? 0), "number");
      cell(row, time(filter.lastMessage));
    });
  });
  byId("integrations").querySelector(".empty").hidden = page.data.length > 0;
}

async function showDevices() {
  const page = await api(`/api/deviceInfos/all?pageSize=${DEVICES}&page=0&sortProperty=name`);
  byId("count").textContent = page.totalElements > DEVICES ? `the first ${DEVICES} of ${page.totalElements}` : String(page.totalElements);
  byId("devices").querySelector(".empty").hidden = page.data.length > 0;
  const known = page.data.map((device) => device.id.id).join();
  for (const device of page.data) {
    const entry = watched.get(device.id.id);
    if (entry) showState(entry, device);
  }
  if (known === [...watched.keys()].join()) return;
  const body = byId("devices").querySelector("tbody");
  body.replaceChildren();
  watched = new Map();
  for (const device of page.data) {
    const row = body.insertRow();
    const entry = { device, row, values: new Map() };
    cell(row, device.name);
    cell(row, device.type);
    entry.state = cell(row, "");
    entry.key = cell(row, "–", "idle");
    entry.value = cell(row, "", "number");
    entry.time = cell(row, "");
    showState(entry, device);
    watched.set(device.id.id, entry);
  }
  follow();
}

function showState(entry, device) {
  entry.state.textContent = device.active ? "● Active" : "○ Inactive";
  entry.state.className = device.active ? "good" : "idle";
}

function follow() {
  socket?.close();
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const ids = [...watched.keys()];
  const mine = new WebSocket(`${scheme}://${location.host}/api/ws`);
  socket = mine;
  mine.onopen = () => {
    byId("live").textContent = "● Live";
    mine.send(JSON.stringify({
      authCmd: { cmdId: 0, token },
      cmds: ids.map((id, index) => ({ type: "TIMESERIES", cmdId: index + 1, entityType: "DEVICE", entityId: id, scope: "LATEST_TELEMETRY" })),
    }));
  };
  mine.onmessage = (message) => {
    const update = JSON.parse(message.data);
    const entry = watched.get(ids[update.subscriptionId - 1]);
    for (const [key, points] of Object.entries(update.data ?? {})) {
      if (entry && points.length) showValue(entry, key, points[0]);
    }
  };
  mine.onclose = () => {
    if (mine !== socket || !token) return;
    byId("live").textContent = "○ Reconnecting";
    setTimeout(() => { if (mine === socket && token) follow(); }, 2000);
  };
}

function showValue(entry, key, [ts, value]) {
  entry.values.set(key, value);
  entry.key.textContent = [...entry.values.keys()].join(", ");
  entry.key.className = "";
  entry.value.textContent = [...entry.values.values()].join(", ");
  entry.time.textContent = time(ts);
  entry.value.classList.add("fresh");
  setTimeout(() => entry.value.classList.remove("fresh"), 400);
}

function signOut() {
  token = null;
  sessionStorage.removeItem(KEY);
  clearInterval(timer);
  socket?.close();
  watched = new Map();
  show();
}

async function refresh() {
  try {
    await Promise.all([showIntegrations(), showDevices()]);
  } catch (error) {
    byId("live").textContent = `✕ ${error.message}`;
  }
}

function show() {
  for (const id of ["integrations", "devices", "leave"]) byId(id).hidden = !token;
  byId("sign-in").hidden = Boolean(token);
  byId("live").textContent = "";
  if (!token) return;
  refresh();
  timer = setInterval(refresh, REFRESH_MS);
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  byId("problem").textContent = "";
  try {
    const answer = await api("/api/auth/login", { method: "POST", body: JSON.stringify(Object.fromEntries(new FormData(event.target))) });
    token = answer.token;
    sessionStorage.setItem(KEY, token);
    event.target.reset();
    show();
  } catch (error) {
    byId("problem").textContent = error.message;
  }
});
byId("leave").addEventListener("click", signOut);
show();
