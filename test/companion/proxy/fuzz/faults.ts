import { readHead } from "../../../../companion/proxy/upstream/head-reader.ts";

/**
 * Looks for what a message to an origin may not have: a line that is none, or two ways to read its end. What does not
 * look like a request of this proxy's came through a tunnel, and is nobody's business.
 */
export function faultOfRequests(asked: string): string | undefined {
  const [head = ""] = asked.split("\r\n\r\n", 1);
  const lines = head.split("\r\n");
  if (head.length === asked.length || !/^Via: 1\.[01] manifold-/m.test(head)) return undefined;
  if (!/^[A-Z-]+ [\x21-\x7e\x80-\xff]+ HTTP\/1\.1$/.test(lines[0] ?? ""))
    return "a request line that is none";
  const fields = lines.slice(1).map((line) => /^([!#$%&'*+\-.^_`|~\dA-Za-z]+): ([^\0\r\n]*)$/.exec(line));
  if (fields.some((field) => field === null)) return "a field line that is none";
  const count = (name: string) => fields.filter((field) => field?.[1]?.toLowerCase() === name).length;
  if (count("host") !== 1) return `${count("host")} Hosts`;
  if (count("content-length") + count("transfer-encoding") > 1) return "two ways to read its end";
  const coding = fields.find((field) => field?.[1]?.toLowerCase() === "transfer-encoding")?.[2];
  return coding === undefined || coding === "chunked" ? undefined : "a coding that is not known";
}

/** Looks for what may not come to a client: something that is no answer, or one with two ways to read its end. */
export function faultOfAnswers(answer: string): string | undefined {
  const [head = ""] = answer.split("\r\n\r\n", 1);
  // It may have been cut anywhere.
  if (head.length === answer.length) return undefined;
  let fields: readonly string[];
  try {
    fields = readHead(head).raw.map((text) => text.toLowerCase());
  } catch (error) {
    return String(error);
  }
  const framing = fields.filter(
    (name, at) => at % 2 === 0 && (name === "content-length" || name === "transfer-encoding"),
  );
  return framing.length > 1 ? "two ways to read the end of an answer" : undefined;
}
