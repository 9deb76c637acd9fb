// The endpoints of endpoints.json on Effect: node effect-server.js <endpoints.json> <upstream> <port>.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { NodeHttpClient, NodeHttpServer, NodeRuntime } from "@effect/platform-node";
import { Effect, Layer, Option, References } from "effect";
import { HttpClient, HttpClientRequest, HttpRouter, HttpServerResponse } from "effect/http";

const [endpointsFile, upstream, port] = process.argv.slice(2);
const endpoints = JSON.parse(readFileSync(endpointsFile, "utf8"));

const routes = HttpRouter.use(
  Effect.fn(function* (router) {
    const client = (yield* HttpClient.HttpClient).pipe(
      HttpClient.mapRequest((request) =>
        request.pipe(HttpClientRequest.prependUrl(upstream), HttpClientRequest.acceptJson),
      ),
      HttpClient.filterStatusOk,
    );
    const get = ({ name, path, timeoutMs }, id) =>
      client.get(path.replace(":id", id)).pipe(
        Effect.flatMap((response) => response.json),
        Effect.map((value) => [name, value]),
        Effect.timeout(timeoutMs),
        Effect.option,
      );
    for (const [name, branches] of Object.entries(endpoints)) {
      yield* router.add(
        "GET",
        `/api/${name}/:id`,
        Effect.gen(function* () {
          const { id } = yield* HttpRouter.params;
          const calls = branches.map((branch) => get(branch, id));
          const outcomes = yield* Effect.all(calls, { concurrency: "unbounded" });
          const results = outcomes.flatMap((outcome) => (Option.isSome(outcome) ? [outcome.value] : []));
          return HttpServerResponse.jsonUnsafe(Object.fromEntries(results));
        }),
      );
    }
  }),
);

const server = HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true }).pipe(
  Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: Number(port) })),
  Layer.provide(NodeHttpClient.layerUndici),
  // The others trace nothing.
  Layer.provide(Layer.succeed(References.TracerEnabled, false)),
);

Layer.launch(server).pipe(NodeRuntime.runMain);
