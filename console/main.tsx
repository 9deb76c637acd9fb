import { render } from "hono/jsx/dom";
import { getCountries, getCountry, getEndpoints, getPlan } from "./api.ts";
import { App } from "./app.tsx";
import { connectHere } from "./chat/connect.ts";
import { createTalker } from "./chat/talker.ts";
import { createSurveyor } from "./crawls/surveyor.ts";
import { hashOf, viewInHash } from "./deep-link.ts";
import { exampleOf } from "./examples.ts";
import { streamFanout } from "./fanout/fanout-stream.ts";
import { createShelf } from "./files/shelf.ts";
import { createLatest, valueOf } from "./latest.ts";
import { createGauge } from "./limits/gauge.ts";
import { findByPath, pathOf, targetOf } from "./route-path.ts";
import { streamRun } from "./run-stream.ts";
import { createRunner } from "./runner.ts";
import { createBoard } from "./tasks/board.ts";

const countries = createLatest(getCountries);
const country = createLatest(getCountry);
const endpoints = createLatest(getEndpoints);
const plan = createLatest(getPlan);
const runner = createRunner(streamRun, () => performance.now());
const fanner = createRunner(streamFanout, () => performance.now());
const talker = createTalker(connectHere);
/** Calls back so often while somebody sees the page. */
const every = (listener: () => void, everyMs: number) => {
  const timer = setInterval(() => {
    if (document.visibilityState === "visible") listener();
  }, everyMs);
  return () => clearInterval(timer);
};
const board = createBoard(every);
const surveyor = createSurveyor({ every, nowMs: () => performance.now() });
const gauge = createGauge({ every, nowMs: () => performance.now() });
const shelf = createShelf(every);

const address = {
  get: () => location.hash,
  subscribe(listener: () => void) {
    addEventListener("hashchange", listener);
    return () => removeEventListener("hashchange", listener);
  },
};

/** The address says what is shown, so that going back and sharing a link work. */
function follow(): void {
  const view = viewInHash(location.hash);
  if (view.kind === "country" && view.code !== undefined) country.load(view.code);
  else country.clear();
  if (view.kind === "country" && countries.get().kind === "idle") countries.load(undefined);
  openEndpoint();
  if (view.kind === "tasks") board.open(view.id);
  else board.close();
  if (view.kind === "crawls") surveyor.open(view.id);
  else surveyor.close();
  if (view.kind === "limits") gauge.open(view.id);
  else gauge.close();
  if (view.kind === "files") shelf.open(view.key);
  else shelf.close();
  retitle();
}

/** Asks for the plan of the endpoint that the address names, unless it is the one that is open. */
function openEndpoint(): void {
  const view = viewInHash(location.hash);
  const list = valueOf(endpoints.get());
  if (list?.kind !== "endpoints" || view.kind !== "endpoint" || view.path === undefined) return;
  const name = findByPath(list.endpoints, view.path)?.endpoint.name;
  const state = plan.get();
  if (name === undefined || (state.kind !== "idle" && state.key === name)) return;
  runner.clear();
  plan.load(name);
}

/** After a run the Worker knows better how long calls take. */
function askAgain(): void {
  const state = plan.get();
  if (runner.get()?.ending.kind === "ended" && state.kind !== "idle") plan.load(state.key);
}

function retitle(): void {
  const view = viewInHash(location.hash);
  const state = country.get();
  if (view.kind === "chat") document.title = `${view.room} · Manifold`;
  else if (view.kind === "fanout") document.title = "Fan-out · Manifold";
  else if (view.kind === "tasks") document.title = "Tasks · Manifold";
  else if (view.kind === "crawls") document.title = "Crawls · Manifold";
  else if (view.kind === "limits") document.title = `${view.id ?? "Limits"} · Manifold`;
  else if (view.kind === "files") document.title = `${view.key ?? "Files"} · Manifold`;
  else if (view.kind === "endpoint") document.title = `${view.path ?? "Endpoints"} · Manifold`;
  else if (state.kind !== "loading") {
    const isShown = state.kind === "loaded" && state.value.kind === "country";
    document.title = isShown ? `${state.value.country.facts.name} · Manifold` : "Manifold";
  }
}

function pickCountry(code: string): void {
  const view = viewInHash(location.hash);
  if (view.kind === "country" && view.code === code) country.load(code);
  else location.hash = code;
}

function pickEndpoint(name: string): void {
  const { path, query } = exampleOf(pathOf(name));
  location.hash = hashOf(path, query);
}

function run(path: string, query: string): void {
  location.hash = hashOf(path, query);
  // Now, not when the address has changed: it may be the same.
  runner.start(targetOf(path, query));
}

const root = document.getElementById("app");
if (root === null) throw new Error("Expected index.html to have an element #app");
country.subscribe(retitle);
endpoints.subscribe(openEndpoint);
runner.subscribe(askAgain);
render(
  <App
    address={address}
    countries={countries}
    country={country}
    endpoints={endpoints}
    plan={plan}
    runner={runner}
    fanner={fanner}
    talker={talker}
    board={board}
    surveyor={surveyor}
    gauge={gauge}
    shelf={shelf}
    onPickCountry={pickCountry}
    onPickEndpoint={pickEndpoint}
    onRun={run}
  />,
  root,
);
addEventListener("hashchange", follow);
endpoints.load(undefined);
follow();
