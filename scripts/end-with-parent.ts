// Loaded before a child program: when its parent is gone, however that ended, the child ends too.
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
// A child that has nothing left to do ends, though its parent is still there.
process.channel?.unref();
