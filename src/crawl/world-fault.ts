/** What went wrong elsewhere, on the way to a host or there: it may be well another time. All else is a mistake of ours. */
export class WorldFault extends Error {
  override readonly name = "WorldFault";
}

/** Asks the world for something. @throws {WorldFault} When that fails, with its cause. */
export async function fromWorld<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new WorldFault("The connection failed", { cause });
  }
}

/** Takes nothing more of a body. @throws {WorldFault} When it has broken already. */
export async function letGo({ body }: Pick<Response, "body">): Promise<void> {
  await fromWorld(async () => await body?.cancel());
}
