import type { Messages } from "./messages.ts";
import { ENGLISH } from "./messages-en.ts";
import { FRENCH } from "./messages-fr.ts";

/** By the names that the options have for languages. */
export const MESSAGES: Readonly<Record<"en" | "fr", Messages>> = { en: ENGLISH, fr: FRENCH };
