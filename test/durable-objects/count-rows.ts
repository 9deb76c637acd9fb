/** A database that counts the rows which it reads: what Cloudflare bills, and what shows a scan. */
export function countRows(storage: DurableObjectStorage) {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  return {
    sql: {
      exec(query: string, ...bindings: SqlStorageValue[]) {
        const cursor = storage.sql.exec(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      },
    },
    /** How many since it was last asked. */
    rowsRead: (): number => cursors.splice(0).reduce((sum, cursor) => sum + cursor.rowsRead, 0),
  };
}
