// Behaviour of widget/static/protocol.js, run in a page by test_protocol.py with a clock that moves when told.
import { Connection, MemoryStorage, Outbox, backoff, newClientId } from "/widget/protocol.js";

export const cases = new Map();
const test = (name, run) => cases.set(name, run);

function equal(actual, expected) {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (one !== other) throw new Error(`got ${one}, expected ${other}`);
}

class FakeClock {
  time = 1_000_000;
  timers = new Map();
  next = 1;
  now = () => this.time;
  setTimeout = (call, delay) => {
    this.timers.set(this.next, { call, at: this.time + delay });
    return this.next++;
  };
  clearTimeout = (timer) => this.timers.delete(timer);
  async advance(ms) {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) => at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (!due) break;
      this.timers.delete(due[0]);
      this.time = due[1].at;
      due[1].call();
      await settle();
    }
    this.time = end;
  }
}

class FakeSocket {
  readyState = 0;
  sent = [];
  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }
  send(text) { this.sent.push(JSON.parse(text)); }
  close() { this.readyState = 3; }
  opens() { this.readyState = 1; this.onopen?.(); }
  hears(frame) { this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) }); }
  dies() { this.readyState = 3; this.onclose?.(); }
  of(type) { return this.sent.filter((frame) => frame.type === type); }
}

const settle = async () => { for (let i = 0; i < 8; i += 1) await Promise.resolve(); };

async function start(options = {}) {
  FakeSocket.all = [];
  const world = {
    clock: new FakeClock(), storage: new MemoryStorage(), network: new EventTarget(),
    frames: [], statuses: [],
  };
  const make = () => new Connection("ws://x/ws/chat", {
    hello: async () => ({ token: "t" }), Socket: FakeSocket, random: () => 1,
    clock: world.clock, storage: world.storage, network: world.network,
    onFrame: (frame) => world.frames.push(frame), onStatus: (status) => world.statuses.push(status), ...options,
  });
  world.make = make;
  world.connection = make();
  world.connection.start();
  await settle();
  return world;
}

const latest = () => FakeSocket.all.at(-1);

async function online(options) {
  const world = await start(options);
  latest().opens();
  latest().hears({ type: "welcome", conversation: "c", last_seq: 0, state: {} });
  return world;
}

const message = (seq, more = {}) => ({ type: "message", seq, author: "bot", text: `m${seq}`, ...more });

test("the first frame says hello with the last seq seen", async () => {
  await start({ after: 7 });
  equal(latest().sent, []);
  latest().opens();
  equal(latest().sent, [{ type: "hello", token: "t", after: 7 }]);
});

test("messages wait for the welcome and then go out in order", async () => {
  const { connection } = await start();
  connection.send("one");
  connection.send("two");
  latest().opens();
  equal(latest().of("message"), []);
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  equal(latest().of("message").map(({ text }) => text), ["one", "two"]);
});

test("each message is told once and in order of seq", async () => {
  const { frames } = await online();
  for (const seq of [1, 2, 2, 1, 3]) latest().hears(message(seq));
  equal(frames.filter(({ type }) => type === "message").map(({ seq }) => seq), [1, 2, 3]);
});

test("an ack empties the outbox, in memory and in storage", async () => {
  const { connection, storage } = await online();
  const { client_id } = connection.send("hello", { button: { seq: 3, index: 1 } });
  equal(storage.length, 1);
  equal(latest().of("message"), [{ type: "message", client_id, text: "hello", button: { seq: 3, index: 1 } }]);
  latest().hears({ type: "ack", client_id, seq: 1 });
  equal([connection.outbox.list(), storage.length], [[], 0]);
});

test("a message that comes back in the log counts as acknowledged", async () => {
  const { connection } = await online();
  const { client_id } = connection.send("hello");
  latest().hears(message(1, { author: "customer", client_id }));
  equal(connection.outbox.list(), []);
});

test("what was not acknowledged is sent again after a drop, with the same client_id", async () => {
  const { connection, clock } = await online();
  const { client_id } = connection.send("hello");
  latest().hears(message(4));
  latest().dies();
  await clock.advance(500);
  equal(FakeSocket.all.length, 2);
  latest().opens();
  equal(latest().sent, [{ type: "hello", token: "t", after: 4 }]);
  latest().hears({ type: "welcome", last_seq: 4, state: {} });
  equal(latest().of("message").map((frame) => frame.client_id), [client_id]);
});

test("the outbox survives a reload", async () => {
  const world = await start();
  const { client_id } = world.connection.send("hello");
  world.connection.stop();
  const second = world.make();
  second.start();
  await settle();
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  equal(latest().of("message"), [{ type: "message", client_id, text: "hello" }]);
});

test("an error about a message fails that message; retry sends it under the same client_id", async () => {
  const { connection } = await online();
  const one = connection.send("one");
  const two = connection.send("two");
  latest().hears({ type: "error", code: "too_large", message: "?", client_id: one.client_id });
  equal(connection.outbox.list().map(({ state }) => state), ["failed", "waiting"]);
  equal(connection.outbox.get(one.client_id).error.code, "too_large");
  latest().hears({ type: "ack", client_id: two.client_id, seq: 1 });
  connection.retry(one.client_id);
  equal(latest().of("message").map(({ client_id }) => client_id), [one.client_id, two.client_id, one.client_id]);
  equal(connection.outbox.list().map(({ state }) => state), ["waiting"]);
});

test("a failed message is not sent again by itself", async () => {
  const { connection, clock } = await online();
  const { client_id } = connection.send("one");
  latest().hears({ type: "error", code: "invalid", message: "?", client_id });
  latest().dies();
  await clock.advance(500);
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  equal(latest().of("message"), []);
});

test("a text older than a day asks before it is sent", async () => {
  const storage = new MemoryStorage();
  let time = 1_000_000;
  new Outbox(storage, "k:", () => time).add("old");
  time += 25 * 3600 * 1000;
  equal(new Outbox(storage, "k:", () => time).list().map(({ state }) => state), ["failed"]);
});

test("a broken entry in storage is dropped", async () => {
  const storage = new MemoryStorage();
  storage.setItem("k:1", "{not json");
  storage.setItem("k:2", '{"client_id":"2"}');
  storage.setItem("other", "kept");
  equal(new Outbox(storage, "k:").list(), []);
  equal(storage.length, 1);
});

test("back-off doubles, is jittered, and ends at 30 s", async () => {
  equal([0, 1, 2, 3, 20].map((n) => backoff(n, () => 1)), [500, 1000, 2000, 4000, 30000]);
  equal([0, 20].map((n) => backoff(n, () => 0)), [250, 15000]);
});

test("attempts go on through failures and start small again after a stable socket", async () => {
  const { clock, statuses } = await online();
  await clock.advance(6000);
  latest().dies();
  await clock.advance(499);
  equal(FakeSocket.all.length, 1);
  await clock.advance(1);
  equal(FakeSocket.all.length, 2);
  latest().dies();
  await clock.advance(1000);
  equal(FakeSocket.all.length, 3);
  equal(statuses.slice(0, 3), ["connecting", "online", "waiting"]);
});

test("a ping goes out every 30 s, and a pong keeps the socket", async () => {
  const { clock } = await online();
  for (let round = 1; round <= 3; round += 1) {
    await clock.advance(30_000);
    equal(latest().of("ping").length, round);
    latest().hears({ type: "pong" });
  }
  await clock.advance(15_000);
  equal(FakeSocket.all.length, 1);
});

test("no pong within 10 s means the socket is dead", async () => {
  const { clock, connection } = await online();
  await clock.advance(30_000 + 9_999);
  equal(connection.status, "online");
  await clock.advance(1);
  equal(connection.status, "waiting");
  await clock.advance(500);
  equal(FakeSocket.all.length, 2);
});

test("no welcome within 10 s, and no ack within 15 s, mean another socket", async () => {
  const { clock, connection } = await start();
  latest().opens();
  await clock.advance(10_000);
  equal(connection.status, "waiting");
  await clock.advance(500);
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  connection.send("hello");
  await clock.advance(15_000);
  equal(connection.status, "waiting");
});

test("offline drops the socket, online tries at once", async () => {
  const { network, connection } = await online();
  network.dispatchEvent(new Event("offline"));
  equal(connection.status, "waiting");
  network.dispatchEvent(new Event("online"));
  await settle();
  equal([connection.status, FakeSocket.all.length], ["connecting", 2]);
});

test("a late frame of an old socket is ignored", async () => {
  const { clock, frames } = await online();
  const old = latest();
  old.dies();
  await clock.advance(500);
  old.hears(message(1));
  equal(frames.filter(({ type }) => type === "message"), []);
});

test("broken frames and broken listeners do no harm", async () => {
  const seen = [];
  const swallow = (event) => event.preventDefault();
  addEventListener("error", swallow);
  const { connection } = await online({
    onFrame: (frame) => { seen.push(frame.type); if (frame.seq === 1) throw new Error("listener"); },
  });
  for (const data of ["{", "null", "3", '"x"', "[]", '{"type":3}']) latest().hears(data);
  latest().hears(message(1));
  latest().hears(message(2));
  await new Promise((done) => setTimeout(done));
  removeEventListener("error", swallow);
  equal([seen, connection.status], [["welcome", "message", "message"], "online"]);
});

test("an unknown token ends the attempts", async () => {
  const errors = [];
  const { connection, clock } = await start({ onStatus: (status, error) => error && errors.push(error.code) });
  latest().opens();
  latest().hears({ type: "error", code: "token_unknown", message: "?", fatal: true });
  latest().dies();
  await clock.advance(60_000);
  equal([connection.status, FakeSocket.all.length, errors], ["refused", 1, ["token_unknown"]]);
});

test("a fatal error after the welcome means another socket", async () => {
  const { connection } = await online();
  latest().hears({ type: "error", code: "too_many_requests", message: "?", fatal: true });
  equal(connection.status, "waiting");
});

test("an ordinary error keeps the socket", async () => {
  const { connection } = await online();
  latest().hears({ type: "error", code: "invalid", message: "?" });
  equal(connection.status, "online");
});

test("a greeting that can't be made is tried again, unless it is refused", async () => {
  let failures = 1;
  const { connection, clock } = await start({
    hello: async () => {
      if (failures-- > 0) throw new Error("no network");
      throw Object.assign(new Error("signed out"), { fatal: true });
    },
  });
  equal(connection.status, "waiting");
  await clock.advance(500);
  equal([connection.status, FakeSocket.all.length], ["refused", 0]);
});

test("a command is repeated after a drop until a pong proves that it was heard", async () => {
  const { connection, clock } = await online();
  connection.command({ type: "person" });
  equal(latest().sent.slice(1), [{ type: "person" }, { type: "ping" }]);
  latest().dies();
  await clock.advance(500);
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  equal(latest().of("person").length, 1);
  latest().hears({ type: "pong" });
  latest().dies();
  await clock.advance(1000);
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  equal(latest().of("person").length, 0);
});

test("what is agreed to and filled in goes out before what is said, though it waited beside it", async () => {
  const { connection } = await start();
  connection.send("hello");
  for (const type of ["person", "agree", "details", "identify"]) connection.command({ type });
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 0, state: {} });
  const order = latest().sent.map(({ type }) => type).filter((type) => type !== "ping");
  equal(order, ["hello", "agree", "details", "identify", "message", "person"]);
});

test("typing is said at once, at most every 2 s, and its end once", async () => {
  const { connection, clock } = await online();
  for (let key = 0; key < 30; key += 1) {
    connection.typing();
    await clock.advance(100);
  }
  equal(latest().of("typing").map(({ on }) => on), [true, true]);
  await clock.advance(5000);
  equal(latest().of("typing").map(({ on }) => on), [true, true, false]);
  connection.typing();
  connection.send("sent");
  equal(latest().of("typing").map(({ on }) => on), [true, true, false, true, false]);
});

test("the console follows several conversations and resumes each", async () => {
  const { connection, clock, frames } = await start({ many: true, hello: async () => ({ ticket: "k" }) });
  connection.watch("a", 2);
  latest().opens();
  equal(latest().sent, [{ type: "hello", ticket: "k" }, { type: "watch", conversation: "a", after: 2 }]);
  connection.watch("b");
  latest().hears(message(3, { conversation: "a" }));
  latest().hears(message(1, { conversation: "b" }));
  latest().hears(message(1, { conversation: "b" }));
  latest().hears(message(9, { conversation: "not watched" }));
  equal(frames.map(({ conversation, seq }) => [conversation, seq]), [["a", 3], ["b", 1]]);
  connection.unwatch("b");
  const { client_id } = connection.send("Hello, Anna here", { conversation: "a" });
  equal(latest().of("message"), [{ type: "message", conversation: "a", client_id, text: "Hello, Anna here" }]);
  connection.typing("a");
  equal(latest().of("typing"), [{ type: "typing", on: true, conversation: "a" }]);
  latest().dies();
  await clock.advance(500);
  latest().opens();
  equal(latest().of("watch"), [{ type: "watch", conversation: "a", after: 3 }]);
});

test("a server that knows less than we do is listened to all the same", async () => {
  const { frames, clock } = await online();
  latest().hears(message(9));
  latest().dies();
  await clock.advance(500);
  latest().opens();
  latest().hears({ type: "welcome", last_seq: 4, state: {} });
  latest().hears(message(5));
  equal(frames.filter(({ type }) => type === "message").map(({ seq }) => seq), [9, 5]);
});

test("client ids have the agreed form and differ", async () => {
  const ids = Array.from({ length: 200 }, newClientId);
  equal(ids.every((id) => /^[A-Za-z0-9_-]{8,64}$/.test(id)), true);
  equal(new Set(ids).size, 200);
});

test("stop ends everything; start begins again", async () => {
  const { connection, clock } = await online();
  connection.stop();
  await clock.advance(120_000);
  equal([connection.status, FakeSocket.all.length, clock.timers.size], ["idle", 1, 0]);
  connection.start();
  await settle();
  equal(FakeSocket.all.length, 2);
});
