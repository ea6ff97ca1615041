// A sale by node-redis. Usage: sale.js PORT CUTTING_PORT
"use strict";
const { createClient } = require("redis");

const [port, cutting] = process.argv.slice(2);

function check(what, found, wanted) {
  if (String(found) === String(wanted)) return;
  console.error(`${what}: ${found}, not ${wanted}`);
  process.exit(1);
}

async function connect(port) {
  const client = createClient({ socket: { host: "127.0.0.1", port: Number(port) } });
  client.on("error", () => {});
  await client.connect();
  return client;
}

const refusal = (promise) => promise.then(() => "nothing", (error) => error.message.split(" ")[0]);

async function sell() {
  const shop = await connect(port);
  const ask = (...words) => shop.sendCommand(words.map(String));
  await ask("STOCK.RECEIVE", "tea", 100, "KEY", "po-node");
  const first = await ask("STOCK.RESERVE", "order-node", "tea", 2, "TTL", 900000);
  check("the same again", await ask("STOCK.RESERVE", "order-node", "tea", 2, "TTL", 900000), first);

  const cut = await connect(cutting);
  const lost = await cut.sendCommand(["STOCK.RESERVE", "cut-node", "tea", "1"]).catch(() => null);
  const number = lost ?? (await ask("STOCK.RESERVE", "cut-node", "tea", 1));
  check("after a lost answer", await ask("STOCK.RESERVE", "cut-node", "tea", 1), number);
  await cut.disconnect();

  const large = String(Number.MAX_SAFE_INTEGER);
  const results = await Promise.allSettled([
    ask("STOCK.RESERVE", "p1-node", "tea", 1), ask("STOCK.RESERVE", "p2-node", "tea", large),
    ask("STOCK.RESERVE", "p3-node", "tea", 1),
  ]);
  check("a pipeline's third answer", results[2].value, results[0].value + 1);
  check("a pipeline's second answer", results[1].reason.message.split(" ")[0], "INSUFFICIENT");

  check("a missing key", await refusal(ask("STOCK.COMMIT", "order-node")), "KEY");
  const sold = await ask("STOCK.COMMIT", "order-node", "KEY", "pay-node");
  check("the same again", await ask("STOCK.COMMIT", "order-node", "KEY", "pay-node"), sold);
  await ask("STOCK.RECEIVE", "sand-node", large, "KEY", "sand-node");
  // Its reader of integers adds up digits as doubles, and is one off; text is exact.
  check("2^53 - 1", JSON.parse(await ask("STOCK.GET", "sand-node", "JSON")).on_hand, large);
  const shown = JSON.parse(await ask("STOCK.SHOW", "order-node", "JSON"));
  check("where it stands", shown.state, "committed");
  await shop.quit();
}

sell().then(() => console.log("sale complete"), (error) => {
  console.error(error);
  process.exit(1);
});
