// All at once with Node's own fetch: node node-fetch.ts <count> <url with {} for the index>.
const [count = "", urls = ""] = process.argv.slice(2);

const call = async (index: number): Promise<number> => {
  const response = await fetch(urls.replace("{}", String(index)));
  const { id } = (await response.json()) as { readonly id: string };
  if (id !== String(index)) throw new Error(`Expected item ${index}, got ${id}`);
  return index;
};

const beganMs = performance.now();
const answered = await Promise.all(Array.from({ length: Number(count) }, (_, index) => call(index)));
console.log(JSON.stringify({ elapsedMs: performance.now() - beganMs, answered }));
