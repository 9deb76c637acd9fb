import type { Config } from "../../src/config.ts";

/** Rooms as they come, but for those who say more than a person would. */
export const config: Config = { endpoints: [], rooms: { flood: "off" } };
