/**
 * One line of CSV (RFC 4180). What a spreadsheet would run as a formula gets an apostrophe in front of it: titles are
 * what strangers wrote, and CSV is what spreadsheets open (CWE-1236). JSON has the text as it is.
 */
export function csvLine(values: readonly (string | number | undefined)[]): string {
  return `${values.map(field).join(",")}\r\n`;
}

function field(value: string | number | undefined = ""): string {
  const text =
    typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
