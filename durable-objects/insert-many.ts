/** A statement takes so many values (https://developers.cloudflare.com/durable-objects/platform/limits). */
const MOST_VALUES = 100;

/**
 * Inserts rows with as few statements as there can be: most of what a small row costs is the statement around it.
 *
 * @param insert Up to its `VALUES`.
 * @param rows All of one length.
 * @param conflict What follows the values.
 */
export function insertMany(
  sql: SqlStorage,
  insert: string,
  rows: readonly (readonly SqlStorageValue[])[],
  conflict = "",
): void {
  const width = rows[0]?.length ?? 1;
  const most = Math.floor(MOST_VALUES / width);
  const row = `(${Array.from({ length: width }, () => "?").join(", ")})`;
  for (let from = 0; from < rows.length; from += most) {
    const some = rows.slice(from, from + most);
    sql.exec(`${insert} VALUES ${some.map(() => row).join(", ")} ${conflict}`, ...some.flat());
  }
}
