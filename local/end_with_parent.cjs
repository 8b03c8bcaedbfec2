// Loaded into a Node program by NODE_OPTIONS=--require: ends it with the process that INTERACT_PARENT names,
// however that ends, so that a supervisor that was killed leaves nobody behind who holds its ports and data.
const parent = Number(process.env.INTERACT_PARENT);

if (parent > 0 && process.ppid === parent) {
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 500).unref();
} else if (parent > 0) {
  process.exit(1);
}
