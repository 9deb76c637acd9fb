import { memoryFiles } from "./memory-files.ts";
import { filesBehave } from "./routes-contract.ts";

filesBehave("a bucket in memory", () => memoryFiles());
