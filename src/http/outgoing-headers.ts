import * as z from "zod";

/** Fields that belong to the connection, or that we write (RFC 9110, 7.6.1). */
const RESERVED =
  /^(host|content-length|connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|cf-.*|manifold-.*)$/i;

/** The fields that a caller may set of a request that we send. */
export const OutgoingHeaders = z.record(
  z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/i, "expected a header name")
    .refine((name) => !RESERVED.test(name), "expected a header that is the caller's to set"),
  z
    .string()
    .max(8_192)
    .regex(/^[\t\x20-\x7e\x80-\xff]*$/, "expected a header value"),
);
