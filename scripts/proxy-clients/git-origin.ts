import { spawn } from "node:child_process";
import { once } from "node:events";
import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { CERTIFICATE } from "../../test/companion/proxy/certificate.ts";

/** Git's smart protocol at a place of this machine, and what was asked there. */
interface GitOrigin extends AsyncDisposable {
  readonly url: string;
  /** `POST git-upload-pack chunked gzip`: method, service, and how the body came. */
  readonly asked: readonly string[];
}

/** Serves the repositories below a folder by `git http-backend`, as any CGI would (RFC 3875). */
export async function gitOrigin(folder: string, isSecure: boolean): Promise<GitOrigin> {
  const asked: string[] = [];
  const serve: http.RequestListener = (incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const { pathname, search } = new URL(url, "http://origin");
    const { "transfer-encoding": coding = "", "content-encoding": compression = "" } = headers;
    asked.push(`${method} ${pathname.split("/").at(-1)} ${coding} ${compression}`);
    const backend = spawn("git", ["http-backend"], {
      env: {
        PATH: process.env["PATH"],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: "1",
        REMOTE_USER: "somebody", // whoever is known may push
        REQUEST_METHOD: method,
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        CONTENT_TYPE: headers["content-type"],
        CONTENT_LENGTH: headers["content-length"],
        HTTP_CONTENT_ENCODING: compression,
        GIT_PROTOCOL: headers["git-protocol"]?.toString(),
      },
      stdio: ["pipe", "pipe", "inherit"],
    });
    // It may have heard enough before all is said.
    backend.stdin.on("error", () => undefined);
    incoming.pipe(backend.stdin);
    buffer(backend.stdout).then(
      (said) => {
        const end = said.indexOf("\r\n\r\n");
        for (const line of said.toString("latin1", 0, end).split("\r\n")) {
          const [name = "", value = ""] = line.split(/: (.*)/);
          if (name === "Status") outgoing.statusCode = Number.parseInt(value, 10);
          else outgoing.setHeader(name, value);
        }
        outgoing.end(said.subarray(end + 4));
      },
      () => outgoing.writeHead(500).end(),
    );
  };
  const server = isSecure ? https.createServer(CERTIFICATE, serve) : http.createServer(serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo; // it listens at a host and a port
  return {
    url: `${isSecure ? "https" : "http"}://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await server[Symbol.asyncDispose]();
    },
  };
}
