import { DEFAULT_SETTINGS, type RoomSettings } from "../src/chat/settings.ts";
import { fillIn } from "../src/work/fill-in.ts";

/** Keeps what an object goes by. A deploy may bring other settings; who is in memory keeps to the old ones meanwhile. */
export function keepSettings(kv: SyncKvStorage, settings: RoomSettings): void {
  if (JSON.stringify(kv.get("settings")) !== JSON.stringify(settings)) kv.put("settings", settings);
}

/** What an object goes by that is woken by something else than a connection. */
export function keptSettings(kv: SyncKvStorage): RoomSettings {
  return fillIn(DEFAULT_SETTINGS, kv.get<RoomSettings>("settings") ?? {});
}
