/** A dump is gzipped JSON lines in UTF-8: a header, a line for every row, a footer.
 *
 *  ```
 *  {"format":"malgil-store","version":1,"createdAt":"2026-11-22T09:00:00.000Z","from":"sqlite","tables":[{"name":"notes","columns":["key","text"],"rows":1}]}
 *  ["notes","menu","…"]
 *  {"rows":1,"sha256":"…"}
 *  ```
 *
 *  Rows come table by table in the order of the header. The footer's check sum is that of every byte before its own line. */
import Type, { type Static } from 'typebox';

export const FORMAT = 'malgil-store';
/** Raised when older programs would misread a dump; a new table or column does not raise it, they refuse those by name. */
export const FORMAT_VERSION = 1;

const Count = Type.Integer({ minimum: 0 });

export const HeaderSchema = Type.Object({
  format: Type.Literal(FORMAT),
  version: Type.Literal(FORMAT_VERSION),
  /** ISO 8601, UTC. */
  createdAt: Type.String(),
  from: Type.Enum(['sqlite', 'postgres']),
  tables: Type.Array(Type.Object({ name: Type.String(), columns: Type.Array(Type.String()), rows: Count })),
});
export type DumpHeader = Static<typeof HeaderSchema>;

export const FooterSchema = Type.Object({ rows: Count, sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
export type DumpFooter = Static<typeof FooterSchema>;
