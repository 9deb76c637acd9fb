import { carryOut } from "./carry-out.ts";
import type { Order } from "./orders.ts";

// Whoever started us sends orders, one after the other; the end of their channel is ours.
process.on("message", (order: Order) => {
  carryOut(order).then(
    (report) => process.send?.({ report }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.stack : String(error) }),
  );
});
process.once("disconnect", () => process.exit());
