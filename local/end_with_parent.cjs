// Loaded before a program (node --require) that has to end with whoever started it, also where that one is killed:
// the starter holds the other end of stdin, which closes with it. Unreferenced, stdin does not keep the program going.
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM")).resume();
process.stdin.unref();
