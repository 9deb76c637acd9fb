// Loaded before a child program: when its parent is gone, however that ended, the child ends too.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
