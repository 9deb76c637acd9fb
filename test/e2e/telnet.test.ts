import { describe, expect, it } from "vitest";
import { rawClient } from "../companion/raw-client.ts";
import { startProduct } from "./product.ts";

/** As the bytes are kept: a character each. */
const bytes = (text: string) => Buffer.from(text).toString("latin1");

describe("chat by telnet", () => {
  it("goes in French, through the companion and the Worker, as the program of the book goes", async () => {
    await using product = await startProduct({ CHAT_LANG: "fr" });
    using alice = await rawClient(product.companion.chat);
    alice.say("Alice\r\n");
    await alice.hear(bytes("1 utilisateurs connectés.\r\n"));
    using bob = await rawClient(product.companion.chat);
    bob.say("Bob\n");
    await bob.hear(bytes("2 utilisateurs connectés.\r\n"));
    await alice.hear("chat!\r\n");
    alice.say("Hello everyone!\r\n");
    await bob.hear("everyone!\r\n");
    bob.say("Hi Alice!\n");
    await alice.hear("Hi Alice!\r\n");
    bob.say("/quit\n");
    await bob.end();
    await alice.hear("le chat.\r\n");
    expect(alice.received).toBe(
      bytes(
        "Entrez votre pseudo: Bienvenue Alice! 1 utilisateurs connectés.\r\n" +
          "Bob a rejoint le chat!\r\n[Bob] Hi Alice!\r\nBob a quitté le chat.\r\n",
      ),
    );
    expect(bob.received).toBe(
      bytes(
        "Entrez votre pseudo: Bienvenue Bob! 2 utilisateurs connectés.\r\n" +
          "[Alice] Hello everyone!\r\nAu revoir!\r\n",
      ),
    );
  });
});
