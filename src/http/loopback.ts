/** Whether a URL's host, in the form the URL parser gives it, is this machine itself (RFC 6761, RFC 5735, RFC 4291). */
export function isLoopback({ hostname }: URL): boolean {
  const name = hostname.replace(/\.$/, "");
  return (
    /(^|\.)localhost$/.test(name) ||
    /^127\.\d+\.\d+\.\d+$/.test(name) ||
    name === "0.0.0.0" ||
    name === "[::1]" ||
    name === "[::]" ||
    /^\[::ffff:7f[\da-f]{2}:[\da-f]+\]$/.test(name)
  );
}
