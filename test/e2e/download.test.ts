import { expect, it } from "vitest";
import { overDemo } from "./over-demo.ts";

const over = overDemo();

it("downloads a URL into R2 in the background, from where it can be read", async () => {
  const payload = { url: `${over.demoUrl()}/countries/FRA`, key: "atlas/fra.json" };
  const task = await fetch(`${over.workerUrl()}/v1/tasks`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Prefer: "wait=30" },
    body: JSON.stringify({ type: "download", payload }),
  });
  expect(await task.json()).toMatchObject({ state: "succeeded", result: { key: "atlas/fra.json" } });
  const file = await fetch(`${over.workerUrl()}/v1/files/atlas/fra.json`);
  expect(await file.json()).toEqual(await (await fetch(payload.url)).json());
});
