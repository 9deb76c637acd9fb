/** Bytes of telnet commands (RFC 854; EOF is of RFC 1184) that mean something here. */
export const TELNET = {
  EOF: 236,
  SE: 240,
  BREAK: 243,
  INTERRUPT: 244,
  ARE_YOU_THERE: 246,
  ERASE_CHARACTER: 247,
  ERASE_LINE: 248,
  SB: 250,
  WILL: 251,
  WONT: 252,
  DO: 253,
  DONT: 254,
  IAC: 255,
} as const;

/** Options of telnet that are answered with more than a no (RFC 858, RFC 860). */
export const OPTION = { SUPPRESS_GO_AHEAD: 3, TIMING_MARK: 6 } as const;
