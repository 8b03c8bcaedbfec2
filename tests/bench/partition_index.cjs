// Loaded into Azurite by --require: rows and ranges are looked up by whichever of its two indices leaves fewer rows.
// Azurite itself looks through the whole table for every range, sorts all of it for the first page, and takes every row
// with the same key for a row, none of which Table Storage does: what is measured with full tables would say more about
// the stand-in than about the product.
const path = require("node:path");

const persistence = path.join(path.dirname(process.argv[1]), "table", "persistence");
const { default: Store } = require(path.join(persistence, "LokiTableMetadataStore.js"));

const FILTER = /^PartitionKey eq '((?:[^']|'')*)' and RowKey ge '((?:[^']|'')*)' and RowKey lt '((?:[^']|'')*)'$/;
const getEntityCollection = Store.prototype.getEntityCollection;
const queryTableEntities = Store.prototype.queryTableEntities;
let range;

// Positions of the rows in a sorted index.
function places(collection, operator, property, value) {
  const [first, last] = collection.calculateRange(operator, property, value);
  return { first, last, property };
}

function* rows(collection, { first, last, property }) {
  const { values } = collection.binaryIndices[property];
  for (let place = first; place <= last; place += 1) yield values[place];
}

const fewer = (one, other) => (other.last - other.first < one.last - one.first ? other : one);

function found(collection, { partition, from, before, count }) {
  const inPartition = places(collection, "$eq", "PartitionKey", partition);
  const inRange = places(collection, "$between", "RowKey", [from, before]);
  const narrow = fewer(inPartition, inRange);
  const chosen = collection.chain();
  chosen.filteredrows = [];
  chosen.filterInitialized = true;
  for (const row of rows(collection, narrow)) {
    const { PartitionKey, RowKey } = collection.data[row];
    if (PartitionKey === partition && RowKey >= from && RowKey < before) chosen.filteredrows.push(row);
    // In the order of their keys, so that a page is complete as soon as it is full.
    if (narrow === inRange && chosen.filteredrows.length === count) break;
  }
  return chosen;
}

function one(collection, { PartitionKey, RowKey }) {
  const named = places(collection, "$eq", "RowKey", RowKey);
  const narrow = fewer(named, places(collection, "$eq", "PartitionKey", PartitionKey));
  for (const row of rows(collection, narrow)) {
    const entity = collection.data[row];
    if (entity.PartitionKey === PartitionKey && entity.RowKey === RowKey) return entity;
  }
  return null;
}

Store.prototype.getEntityCollection = function (...names) {
  const collection = getEntityCollection.apply(this, names);
  const wanted = range;
  return new Proxy(collection, {
    get(target, name) {
      if (name === "findOne") return (key) => one(target, key);
      if (name === "chain" && wanted) return () => found(target, wanted);
      const value = target[name];
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
};

Store.prototype.queryTableEntities = function (context, account, table, options, nextPartition, nextRow) {
  const plain = (text) => text.replaceAll("''", "'");
  const [, partition, from, before] = (FILTER.exec(options.filter ?? "") ?? []).map(plain);
  const after = nextRow === undefined ? "" : this.decodeContinuationHeader(nextRow);
  const count = this.getMaxResultsOption(options) + 1;
  if (partition !== undefined) range = { partition, from: after > from ? after : from, before, count };
  try {
    // It takes its collection before it waits for anything.
    return queryTableEntities.call(this, context, account, table, options, nextPartition, nextRow);
  } finally {
    range = undefined;
  }
};
