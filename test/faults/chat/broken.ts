/** Ports that lie, to show that the play finds out. */
export const BROKEN = [
  /** The room's answers leave before what they speak of is stored. */
  "ok-before-durable",
  /** The log does not remember who sent what. */
  "forgets-ids",
  /** The log leaves out the first message of what it is asked for. */
  "range-off-by-one",
  /** Sockets lose what a room attached to them. */
  "loses-attachments",
  /** A socket that was closed keeps what was attached to it. */
  "remembers-closed",
  /** A room that is woken by the end of a socket does not know whose it was, nor who was here. */
  "forgets-who-left",
  /** A room put out of memory is not woken by its alarm. */
  "no-alarm",
  /** The client's storage keeps nothing. */
  "forgetful-storage",
  /** The client's timer rings once. */
  "dead-timer",
  /** Frames overtake one another. */
  "overtaking",
  /** The same batch is taken each time it comes. */
  "link-takes-twice",
  /** A batch is said to be taken, and was not. */
  "link-skips",
  /** A relay that was killed passes for the one that it was. */
  "link-outlives-relay",
  /** A relay that has lost its room does not send its clients away. */
  "not-moved",
] as const;

export type Broken = (typeof BROKEN)[number];
