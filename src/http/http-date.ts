/**
 * Reads an HTTP-date (RFC 9110, 5.6.7), in milliseconds since 1970; `NaN` for anything else.
 *
 * @param nowEpochMs What a year of two digits is near to.
 */
export function parseHttpDate(text: string, nowEpochMs: number): number {
  for (const format of FORMATS) {
    const fields = format.exec(text)?.groups;
    if (fields === undefined) continue;
    const year = Number(fields["year"]);
    if (fields["year"]?.length === 4) return toEpochMs(year, fields);
    // More than 50 years ahead means the last year that ended in the same two digits (RFC 9110, 5.6.7).
    const limit = new Date(nowEpochMs);
    const limitYear = limit.getUTCFullYear() + 50;
    const limitMs = limit.setUTCFullYear(limitYear);
    const latestYear = limitYear - ((limitYear - year) % 100);
    const latestMs = toEpochMs(latestYear, fields);
    return latestMs > limitMs ? toEpochMs(latestYear - 100, fields) : latestMs;
  }
  return Number.NaN;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(?<month>${MONTHS.join("|")})`;
/** The second 60 is a leap second. */
const TIME = String.raw`(?<hour>[01]\d|2[0-3]):(?<minute>[0-5]\d):(?<second>[0-5]\d|60)`;

/** `IMF-fixdate`, `rfc850-date` and `asctime-date` (RFC 9110, 5.6.7). The name of the day adds nothing. */
const FORMATS = [
  String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT`,
  String.raw`(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-${MONTH}-(?<year>\d\d) ${TIME} GMT`,
  String.raw`(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})`,
].map((format) => new RegExp(`^${format}$`));

function toEpochMs(year: number, fields: Readonly<Record<string, string>>): number {
  const { month = "", day, hour, minute, second } = fields;
  const midnight = new Date(Date.UTC(year, MONTHS.indexOf(month), Number(day)));
  // What the calendar does not have, such as 31 April, turns into a day of another month.
  if (midnight.getUTCFullYear() !== year || midnight.getUTCDate() !== Number(day)) return Number.NaN;
  return midnight.getTime() + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1_000;
}
