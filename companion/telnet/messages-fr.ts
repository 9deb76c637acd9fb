import type { Messages } from "./messages.ts";

/** French. */
export const FRENCH: Messages = {
  askName: "Entrez votre pseudo: ",
  // In the plural whatever the number, as the program says that this is to be compared with.
  welcome: (name, count) => `Bienvenue ${name}! ${count} utilisateurs connectés.`,
  joined: (name) => `${name} a rejoint le chat!`,
  left: (name) => `${name} a quitté le chat.`,
  renamed: (from, to) => `${from} s'appelle maintenant ${to}.`,
  youAre: (name) => `Vous vous appelez maintenant ${name}.`,
  who: (names, count) => `${count} ici: ${names.join(", ")}${count > names.length ? ", …" : ""}`,
  nothingSaid: "Rien n'a encore été dit ici.",
  help: [
    "/nick pseudo      changer de pseudo",
    "/who              qui est là",
    "/me texte         dire ce que vous faites",
    "/history [1-100]  les derniers messages",
    "/join salon       changer de salon",
    "/quit             partir",
    "//texte           dire /texte",
  ],
  unknown: (command) => `Pas de commande /${command}; /help dit ce qu'il y a.`,
  usage: (usage) => `Comme ceci: ${usage}`,
  tooLong: (bytes) => `Ligne trop longue: ${bytes} octets au plus.`,
  refusals: {
    "name-taken": "Quelqu'un ici a ce pseudo, ou un pseudo qui lui ressemble.",
    "bad-name": "Ce pseudo n'est pas possible.",
    "bad-text": "Ce message n'est pas possible.",
    "room-full": "Le salon est plein.",
    "outbox-full": "Trop de messages attendent; celui-ci n'est pas envoyé.",
    uncertain: "Envoyé ou non: la réponse n'est jamais venue.",
    ended: "Pas envoyé.",
  },
  missing: (count) => `(${count} messages manquent ici; /history les a peut-être)`,
  lost: "(Le salon ne répond plus; nouvel essai…)",
  barred: "Le chat n'accepte pas le jeton de ce service. C'est à son exploitant d'y remédier.",
  closedRoom: (room) => `Le salon ${room} est fermé à ce service.`,
  sentAway: "(Le salon vous a renvoyé)",
  back: (count) => `(De retour dans le salon: ${count} ici)`,
  skipped: (count) => `(Terminal trop lent: ${count} lignes sautées)`,
  closing: "(Le service s'arrête)",
  bye: "Au revoir!",
};
