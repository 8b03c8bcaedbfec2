// Loaded into a Node program by --require: ends it with the process that INTERACT_PARENT names, however that ends,
// so that a supervisor or a test that was killed leaves nobody behind who holds its ports and data.
// `node` may be a launcher with a process of its own in between, so both the parent and that process are watched.
const supervisor = Number(process.env.INTERACT_PARENT);
const parent = process.ppid;

function exists(processId) {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return error.code !== "ESRCH";
  }
}

function endIfLeftAlone() {
  const adopted = process.ppid !== parent || (parent === 1 && supervisor !== 1);
  if (adopted || !exists(supervisor)) process.exit(1);
}

if (supervisor > 0) {
  endIfLeftAlone();
  setInterval(endIfLeftAlone, 500).unref();
}
