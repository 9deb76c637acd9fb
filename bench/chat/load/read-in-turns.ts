/** Each client reads once in this time. */
const EVERY_MS = 50;
/** Few at a time, so that whoever reads at once does not have to wait long. */
const TURNS = 10;

/** Lets clients read now and then, in turns, until disposed of. */
export function readInTurns(clients: number, readOn: (client: number) => void): Disposable {
  let turn = 0;
  const timer = setInterval(() => {
    turn = (turn + 1) % TURNS;
    for (let client = turn; client < clients; client += TURNS) readOn(client);
  }, EVERY_MS / TURNS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
